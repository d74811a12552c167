import type { Answer, FromPage, Ready, ToPage, Welcome } from "../api/bridge.ts";
import { makeFrame, sayInstead } from "./frame.ts";
import { type FromKernel, type Health, Relay, type ToKernel } from "./relay.ts";
import { followTheme, isDark } from "./theme.ts";

/** What is used of anywidget's model. */
interface Model {
  get(name: "height"): number;
  get(name: "address" | "_run"): string;
  set(name: string, value: number | string): void;
  save_changes(): void;
  send(content: ToKernel): void;
  on(event: "msg:custom", listener: (content: FromKernel, buffers: DataView[]) => void): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
}

const READY: Ready = "cnnvis-page-ready";
const WORDS: Record<Health, string> = {
  well: "",
  silent: "The kernel does not answer: it may be busy with another cell. If it was restarted, run this cell again.",
  lost: "The kernel of this picture has ended: run this cell again.",
};

async function htmlOf({ content, type }: Answer): Promise<string> {
  const stream = new Blob([content]).stream();
  return new Response(
    type === "application/gzip" ? stream.pipeThrough(new DecompressionStream("gzip")) : stream,
  ).text();
}

/** Show the page in a cell; returns what takes it away again. */
function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const frame = makeFrame(el, {
    title: `cnnvis: ${model.get("_run")}`,
    height: model.get("height"),
    onheight: (height) => save("height", height),
    signal,
  });
  let port: MessagePort | null = null;
  const tell = (message: ToPage, transfer: ArrayBuffer[] = []): void => port?.postMessage(message, transfer);
  const relay = new Relay({
    view: crypto.getRandomValues(new Uint32Array(2)).join("-"),
    send: (message) => model.send(message),
    tell,
    onhealth: (health) => frame.say(WORDS[health]),
  });
  // What the page said last, so that it is not sent back where it came from.
  let shown = model.get("address");

  function save(name: string, value: number | string): void {
    if (model.get(name as "height") === value) return;
    model.set(name, value);
    model.save_changes();
  }

  function fromPage({ data }: MessageEvent<FromPage>): void {
    relay.fromPage(data);
    if (data.kind !== "moved") return;
    shown = data.address;
    save("address", data.address);
  }

  // The page says when it is there; it comes anew when a notebook moves the cell's output about.
  function welcome(event: MessageEvent): void {
    if (event.source !== frame.window || event.data !== READY) return;
    relay.forget();
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.addEventListener("message", fromPage, { signal });
    port.start();
    shown = model.get("address");
    const words: Welcome = { welcome: READY, address: shown, dark: isDark(document) };
    frame.window?.postMessage(words, "*", [channel.port2]);
  }
  window.addEventListener("message", welcome, { signal });

  const listen = (event: string, listener: () => void): void => {
    model.on(event, listener);
    signal.addEventListener("abort", () => model.off(event, listener), { once: true });
  };
  const fromKernel = (content: FromKernel, buffers: DataView[]): void => relay.fromKernel(content, buffers);
  model.on("msg:custom", fromKernel);
  signal.addEventListener("abort", () => model.off("msg:custom", fromKernel), { once: true });
  listen("change:height", () => frame.resize(model.get("height")));
  listen("change:address", () => {
    if (model.get("address") !== shown) tell({ kind: "show", address: model.get("address") });
    shown = model.get("address");
  });
  // The connection to the kernel has changed: whether somebody is there shows when it is asked. See ipywidgets' models.
  listen("comm_live_update", () => void relay.ask("hello"));
  listen("comm:close", () => relay.lost());
  followTheme(document, (dark) => tell({ kind: "theme", dark }), signal);

  void relay.ask("page").then(async (answer) => {
    if (signal.aborted) return;
    if (answer?.status === 200) frame.show(await htmlOf(answer));
    else sayInstead(el, answer ? await htmlOf(answer) : WORDS.lost);
  });
  return () => {
    relay.forget();
    stop.abort();
    port?.close();
  };
}

export default { render };
