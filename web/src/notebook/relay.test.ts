import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Question, ToPage } from "../api/bridge.ts";
import { type Health, Relay, type ToKernel } from "./relay.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function relay(send?: () => void) {
  const sent: ToKernel[] = [];
  const told: ToPage[] = [];
  const healths: Health[] = [];
  const made = new Relay({
    view: "v1",
    send: (message) => {
      send?.();
      sent.push(message);
    },
    tell: (message) => told.push(message),
    onhealth: (health) => healths.push(health),
    patience: 1000,
  });
  return { relay: made, sent, told, healths };
}

const question = (id: number): Question => ({ kind: "ask", id, method: "GET", address: "api/runs", body: "" });
const view = new DataView(new Uint8Array([9, 1, 2, 9]).buffer, 1, 2);
const answered = (id: number, name = "v1") => ({ kind: "answer", view: name, id, status: 200, type: "x/y" }) as const;

describe("Relay", () => {
  it("takes a question to the kernel and the answer back, with bytes of its own", () => {
    const one = relay();
    one.relay.fromPage(question(1));
    expect(one.sent).toEqual([{ ...question(1), view: "v1" }]);
    one.relay.fromKernel({ kind: "heard", view: "v1", id: 1 }, []);
    one.relay.fromKernel(answered(1), [view]);
    expect(one.told).toEqual([{ kind: "answer", id: 1, status: 200, type: "x/y", content: expect.anything() }]);
    expect([...new Uint8Array((one.told[0] as { content: ArrayBuffer }).content)]).toEqual([1, 2]);
    one.relay.fromKernel(answered(1), [view]);
    expect(one.told).toHaveLength(1);
  });

  it("leaves other views' answers alone", () => {
    const one = relay();
    one.relay.fromPage(question(1));
    one.relay.fromKernel(answered(1, "v2"), [view]);
    expect(one.told).toEqual([]);
  });

  it("answers its own questions without the page", async () => {
    const one = relay();
    const asked = one.relay.ask("page");
    one.relay.fromKernel(answered(-1), [view]);
    expect(await asked).toMatchObject({ status: 200 });
    expect(one.told).toEqual([]);
  });

  it("says when the kernel is silent, and when it is back", () => {
    const one = relay();
    one.relay.fromPage(question(1));
    vi.advanceTimersByTime(1000);
    expect(one.healths).toEqual(["silent"]);
    one.relay.fromKernel({ kind: "heard", view: "v1", id: 1 }, []);
    expect(one.healths).toEqual(["silent", "well"]);
    // It may take its time once it has heard.
    vi.advanceTimersByTime(60_000);
    expect(one.healths).toHaveLength(2);
  });

  it("tells the page when there is no kernel, now and whenever it asks again", async () => {
    const one = relay(() => {
      throw new Error("disposed");
    });
    one.relay.fromPage(question(1));
    one.relay.fromPage(question(2));
    expect(one.told).toEqual([
      { kind: "lost", id: 1 },
      { kind: "lost", id: 2 },
    ]);
    expect(one.healths).toEqual(["lost"]);
    expect(await one.relay.ask("page")).toBeNull();
  });

  it("passes on what is no longer wanted, once", () => {
    const one = relay();
    one.relay.fromPage(question(1));
    one.relay.fromPage({ kind: "drop", id: 1 });
    one.relay.fromPage({ kind: "drop", id: 1 });
    expect(one.sent.slice(1)).toEqual([{ kind: "drop", view: "v1", id: 1 }]);
    vi.advanceTimersByTime(5000);
    expect(one.healths).toEqual([]);
  });

  it("forgets what a page asked that is gone, not its own questions", () => {
    const one = relay();
    void one.relay.ask("page");
    one.relay.fromPage(question(1));
    one.relay.forget();
    expect(one.sent.slice(2)).toEqual([{ kind: "drop", view: "v1", id: 1 }]);
  });
});
