import { listRuns } from "../api/client.ts";
import { SERVER } from "../api/line.ts";
import type { ReportLine } from "../api/report.ts";
import { formatAddress, parseAddress } from "../state/viewState.ts";
import { type Host, Settling } from "./host.ts";

/** A browser's tab: the address is the view. The runs are a server's, or the one of the report that the page is in. */
export function browserHost(report: ReportLine | null): Host {
  const settling = new Settling();
  return {
    line: report ?? SERVER,
    runs: async (signal) => (report ? [report.run] : listRuns(signal)),
    read: () => parseAddress(location.hash),
    write: (address, step) => {
      const text = formatAddress(address);
      // Browsers limit how often the address may change.
      settling.do(() => (step ? history.pushState(null, "", text) : history.replaceState(null, "", text)), {
        now: step,
      });
    },
    onmoved: (moved, signal) => {
      const back = (): void => {
        settling.stop();
        moved(parseAddress(location.hash));
      };
      for (const event of ["popstate", "hashchange"]) window.addEventListener(event, back, { signal });
    },
    ondark: () => {},
  };
}
