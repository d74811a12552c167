// The page that benchmarks/picture.py opens: an invented run of 150 clusters and 5,100 neurons, all columns connected.

import { mockContext } from "../web/gallery/context.ts";
import { show } from "../web/gallery/state.ts";
import { mockRun } from "../web/mock/run.ts";
import { PictureView } from "../web/src/embed/view.svelte.ts";
import "../web/src/theme/base.css";
import { PENDING, readyOf } from "../web/src/state/async.ts";
import { START_LINKS } from "../web/src/state/links.ts";
import { FullShelf } from "../web/src/state/shelf.svelte.ts";
import { applyTheme, LIGHT } from "../web/src/theme/theme.ts";

const COLUMNS = 15;
const CLUSTERS = 10;
const NEURONS = 34;

const run = mockRun({
  id: "large",
  model: "fifteen columns",
  data: "invented",
  plan: {
    stages: Array.from({ length: COLUMNS }, (_, i) => ({
      title: `layer${i + 1}`,
      blocks: 1,
      neurons: CLUSTERS * NEURONS,
      side: Math.max(4, 32 >> Math.floor(i / 4)),
      field: 6 + 2 * i,
    })),
    image: 32,
    classes: 10,
  },
  classes: ["airplane", "ship", "truck", "automobile", "horse", "deer", "cat", "dog", "bird", "frog"],
  members: Array.from({ length: CLUSTERS }, (_, i) => ({
    members: Array.from({ length: NEURONS }, (_, j) => i * NEURONS + j),
    never: false,
  })),
  dense: true,
});

applyTheme(document.documentElement, LIGHT);
// What a neuron's close-up needs would come from the server; here it would be invented within the frame that asks for it.
const context = { ...mockContext(run, LIGHT), neurons: new FullShelf<never>(() => PENDING) };
const columns = run.scene.groups.map((group) => group.layer);
const layers = columns.flatMap((id) => readyOf(context.layers.get(id)) ?? []);
const clusters = layers.flatMap((layer) => layer.clusters);

/** The share of the weight at which at least so many curves are drawn. */
function shareFor(curves: number): { share: number; curves: number } {
  for (let percent = 20; ; percent += 2) {
    const found = run.connections({ columns, share: percent / 100, mode: "weights" });
    if (found.curves >= curves || percent >= 100) return { share: percent / 100, curves: found.curves };
  }
}

// The sheets of patches are there as well.
const sheets = layers.flatMap((layer) => layer.atlas ?? []);
context.atlases.want("benchmark", sheets);

const { share, curves } = shareFor(2000);
const place = document.createElement("div");
place.style.cssText = "position: relative; width: 1280px; height: 800px";
document.body.style.margin = "0";
document.body.append(place);
show(
  place,
  {
    title: "the design's largest picture",
    view: PictureView,
    size: [1280, 800],
    context: () => context,
    state: { links: { ...START_LINKS, mode: "weights", share } },
  },
  LIGHT,
);

Object.assign(globalThis, {
  benchmark: {
    clusters: clusters.length,
    patches: clusters.reduce((sum, cluster) => sum + cluster.neurons.length, 0),
    curves,
  },
});
