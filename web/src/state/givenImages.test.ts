import { describe, expect, it } from "vitest";
import type { GivenScene, GivenImages as Sent, WorkerState } from "../api/types.ts";
import { GivenImages, LARGEST_GIVEN, refusalOf } from "./givenImages.svelte.ts";

const state = (change: Partial<WorkerState>): WorkerState =>
  ({ enabled: true, job: 1, status: "working", words: "starting", result: null, ...change }) as WorkerState;
const file = (name: string, text = "png"): File => new File([text], name);

const none = async (): Promise<GivenScene> => {
  throw new Error("nothing is asked for");
};

function given(...answers: (WorkerState | Error)[]) {
  const sent: Sent[] = [];
  const next = async (): Promise<WorkerState> => {
    const answer = answers.shift() ?? state({});
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const give = async (images: Sent): Promise<WorkerState> => {
    sent.push(images);
    return next();
  };
  return { sent, images: new GivenImages({ give, worker: next, given: none }, new AbortController().signal, 1) };
}

describe("given images", () => {
  it("are sent as Base64, and waited for", async () => {
    const done = state({ status: "done", result: { type: "answer", number: 7 } as WorkerState["result"] });
    const { sent, images } = given(state({}), state({ words: "showing" }), done);
    const waiting = images.give([file("a.png", "hello"), file("b.png", "x".repeat(20_000))]);
    expect(images.busy).toBe("sending the images");
    expect(await waiting).toBe(7);
    expect(images.busy).toBe("");
    expect(sent[0]?.images.map((one) => [one.name, atob(String(one.data)).length])).toEqual([
      ["a.png", 5],
      ["b.png", 20_000],
    ]);
    expect(images.trouble).toBeNull();
  });

  it("say why the network did not take them", async () => {
    const { images } = given(
      state({}),
      state({ status: "failed", error: "a.txt is not an image.", remedy: "Give one." }),
    );
    expect(await images.give([file("a.txt")])).toBeNull();
    expect(images.trouble).toEqual({ message: "a.txt is not an image.", remedy: "Give one." });
    images.dismiss();
    expect(images.trouble).toBeNull();
  });

  it("say that they were stopped, or that nobody answers", async () => {
    const stopped = given(state({ status: "cancelled" })).images;
    expect(await stopped.give([file("a.png")])).toBeNull();
    expect(stopped.trouble?.message).toContain("stopped");
    const gone = given(Object.assign(new Error("It does not answer."), { remedy: "Start it." })).images;
    expect(await gone.give([file("a.png")])).toBeNull();
    expect(gone.trouble).toEqual({ message: "It does not answer.", remedy: "Start it." });
  });

  it("are not sent when they are too many or too large", async () => {
    const { sent, images } = given();
    expect(await images.give(Array.from({ length: 25 }, (_, n) => file(`${n}.png`)))).toBeNull();
    expect(images.trouble?.message).toBe("25 files are too many at one time.");
    expect(refusalOf([{ name: "big.png", size: LARGEST_GIVEN + 1 }])?.message).toBe("big.png is too large.");
    expect(refusalOf([{ name: "fits.png", size: LARGEST_GIVEN }])).toBeNull();
    expect(await images.give([])).toBeNull();
    expect(sent).toEqual([]);
  });
});
