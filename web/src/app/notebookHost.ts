import type { FromPage, Ready, ToPage, Welcome } from "../api/bridge.ts";
import { CellWay } from "../api/cell.ts";
import { listRuns } from "../api/client.ts";
import { lineOver } from "../api/line.ts";
import { formatAddress, parseAddress } from "../state/viewState.ts";
import { type Host, Settling } from "./host.ts";

const READY: Ready = "cnnvis-page-ready";

/** Say that the page is there, and wait for the cell around it to hand over a port. */
export function welcomed(page: Window): Promise<{ words: Welcome; port: MessagePort }> {
  return new Promise((resolve) => {
    page.addEventListener("message", function take({ source, data, ports }: MessageEvent<Welcome>) {
      const [port] = ports;
      if (source !== page.parent || data?.welcome !== READY || !port) return;
      page.removeEventListener("message", take);
      resolve({ words: data, port });
    });
    page.parent.postMessage(READY, "*");
  });
}

/** A notebook's cell: requests go to the kernel, and the view is kept with the widget. */
export function notebookHost({ words, port }: { words: Welcome; port: MessagePort }): Host {
  // An image element cannot ask the kernel.
  const line = lineOver(new CellWay(port), () => null);
  const tell = (what: FromPage): void => port.postMessage(what);
  const settling = new Settling();
  return {
    line,
    runs: (signal) => listRuns(signal, line),
    read: () => parseAddress(words.address),
    write: (address, step) =>
      settling.do(() => tell({ kind: "moved", address: formatAddress(address) }), { now: step }),
    onmoved: (moved, signal) =>
      port.addEventListener(
        "message",
        ({ data }: MessageEvent<ToPage>) => {
          if (data.kind !== "show") return;
          settling.stop();
          moved(parseAddress(data.address));
        },
        { signal },
      ),
    ondark: (dark, signal) => {
      dark(words.dark);
      port.addEventListener(
        "message",
        ({ data }: MessageEvent<ToPage>) => {
          if (data.kind === "theme") dark(data.dark);
        },
        { signal },
      );
    },
  };
}

/** Let the wheel scroll the notebook until the user has clicked into the picture. */
export function leaveTheWheel(page: Window): void {
  page.addEventListener(
    "wheel",
    (event) => {
      if (!page.document.hasFocus()) event.stopImmediatePropagation();
    },
    { capture: true, passive: true },
  );
}
