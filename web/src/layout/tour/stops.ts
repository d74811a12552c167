import { NO_BRUSH, START } from "../../state/viewState.ts";
import { hasClasses } from "../classFigure.ts";
import { columnTitle, MOST_CLASSES } from "../columns.ts";
import { itemWords } from "../connections/words.ts";
import { mistakePair } from "../contrast.ts";
import { matrixOf } from "../facets.ts";
import { SEVERITY_WORDS, stepsWords } from "../training/findings.ts";
import { lookAt } from "../training/lookAt.ts";
import { count, counted, number, percent } from "../words.ts";
import { strongestClass } from "./choice.ts";
import type { Stop, TourMaterial } from "./stop.ts";

const enumerated = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const labelOf = ({ scene }: TourMaterial, label: number): string => `“${scene.classes[label]?.name ?? label}”`;

/** All of some names, or the first three and the last. */
const few = (names: readonly string[]): string =>
  names.length <= 6 ? enumerated(names) : `${names.slice(0, 3).join(", ")} … ${names.at(-1)}`;

export function columnsStop({ scene }: TourMaterial): Stop | null {
  const [first] = scene.groups;
  if (!first) return null;
  const titles = scene.groups.map((group) => group.title);
  const output = scene.groups.find((group) => group.output);
  const end = output ? ` The last one, ${output.title}, gives the answer.` : "";
  return {
    id: "columns",
    title: "From image to answer",
    text: `Images go in at the left and pass ${counted(titles.length, "column")}: ${titles.length > 7 ? `${titles.slice(0, 3).join(" → ")} … ${titles.at(-1)}` : titles.join(" → ")}.${end} A column is some neighbouring layers that look at the image at the same scale (a layer group). Below its name: what is in it. The two small signs open it and show its operations.`,
    view: {},
    at: [{ part: "columns" }],
  };
}

export function clusterStop(material: TourMaterial): Stop | null {
  const { scene, layer, cluster } = material;
  if (!layer || !cluster) return null;
  const named = hasClasses(scene.run) ? strongestClass(cluster) : null;
  const most = named
    ? `, most of all to ${labelOf(material, named.label)}: ${number(named.value)} standard deviations above their average`
    : "";
  const neurons = counted(cluster.neurons.length, "neuron");
  return {
    id: "cluster",
    title: "Neurons that answer alike",
    text: `The card “${cluster.title}” holds ${neurons} of ${columnTitle(scene, layer.layer)} that answer to the same images${most} (a cluster). Each square is one neuron: the piece of a real image that excited it most (its patch). The larger, the stronger.`,
    view: { selection: { layer: layer.layer, cluster: cluster.id, neuron: null } },
    at: [{ layer: layer.layer, cluster: cluster.id }],
  };
}

/** How many of a neuron's strongest images are of one class: "8 of its 9 strongest images are of “5”." */
function imagesWords(material: TourMaterial): string {
  const labels = (material.neuron?.patches ?? []).flatMap(({ label }) => (label === null ? [] : [label]));
  if (labels.length === 0 || !material.scene.run.labelled) return "";
  const times = new Map<number, number>();
  for (const label of labels) times.set(label, (times.get(label) ?? 0) + 1);
  const [most] = [...times].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most ? ` ${most[1]} of these ${labels.length} show ${labelOf(material, most[0])}.` : "";
}

export function neuronStop(material: TourMaterial): Stop | null {
  const { scene, layer, cluster, neuron } = material;
  if (!layer || !cluster || !neuron || neuron.patches.length === 0) return null;
  const field = scene.layers.find((one) => one.id === layer.layer)?.field ?? "";
  const below = hasClasses(scene.run) ? " Below them: how strongly it fires for every class." : "";
  const sees = field === "" ? "" : ` The frame is what it can see of an image (its receptive field): ${field}.`;
  return {
    id: "neuron",
    title: "What excites one neuron",
    text: `A click on a square shows its neuron: here neuron ${neuron.neuron}, and the images that excite it most.${imagesWords(material)}${sees}${below}`,
    view: { selection: { layer: layer.layer, cluster: cluster.id, neuron: neuron.neuron } },
    at: [{ part: "images" }, { layer: layer.layer, cluster: cluster.id }],
  };
}

export function matrixStop(material: TourMaterial): Stop | null {
  const { scene, layer, cluster } = material;
  if (!layer || !cluster || matrixOf(layer, "activations") === null) return null;
  const groups = scene.classes.length > MOST_CLASSES ? "a class or a group of classes" : "a class";
  const strongest = strongestClass(cluster);
  const most = strongest ? ` Strongest here: ${labelOf(material, strongest.label)}.` : "";
  const more = matrixOf(layer, "contributions")
    ? " Contributions show what each neuron adds to the score of each class."
    : "";
  return {
    id: "matrix",
    title: "The same neurons as numbers",
    text: `The switch at the top draws every card in another way (a facet). Activations: a row is a neuron, a column is ${groups}; the stronger the colour, the more the neuron fires on its images.${most}${more}`,
    view: { facet: "activations", selection: { layer: layer.layer, cluster: cluster.id, neuron: null } },
    at: [{ layer: layer.layer, cluster: cluster.id }, { part: "facets" }],
  };
}

export function connectionStop({ connection }: TourMaterial): Stop | null {
  if (!connection) return null;
  const { item, names } = connection;
  const { title, text } = itemWords(item, names);
  const what = item.sign > 0 ? "A solid line: more here makes more there" : "A dashed line: more here makes less there";
  const other = item.sign > 0 ? "dashed ones make less (inhibit)" : "solid ones make more (excite)";
  const [p, q] = [item.sources.length, item.targets.length];
  const node =
    item.kind === "bundle"
      ? ` The ${item.sign > 0 ? "dot" : "hollow square"} gathers ${count(p * q)} connections into ${counted(p + q, "line")} (a bicluster).`
      : "";
  return {
    id: "connection",
    title: "Who drives whom",
    text: `Lines join the cards. ${title}: ${text}. ${what}; ${other}; the wider, the more.${node}`,
    view: { links: { ...START.links, item: item.id } },
    at: item.kind === "curve" ? [{ part: "details" }] : [{ item: item.id }],
  };
}

export function mistakeStop(material: TourMaterial): Stop | null {
  const { scene } = material;
  const output = scene.groups.find((group) => group.output)?.layer;
  if (output === undefined || !scene.run.labelled || scene.run.accuracy === null) return null;
  const told = scene.telling.find((fact) => mistakePair(scene.classes, fact) !== null);
  const pair = told ? mistakePair(scene.classes, told) : null;
  if (told && pair) {
    const others = pair.against === "right" ? "those answered right" : `images of ${labelOf(material, pair.other)}`;
    return {
      id: "class",
      title: "Where it goes wrong",
      text: `${told.text} At the right: the cards that answer most otherwise to these images than to ${others}, then the images themselves. A click on any class lists what it is taken for.`,
      view: {
        selection: { layer: output, cluster: null, neuron: pair.label },
        pair,
      },
      at: [{ part: "comparison" }],
    };
  }
  const known = scene.classes.filter((one) => one.recall !== null);
  const [hardest] = [...known].sort((a, b) => (a.recall ?? 0) - (b.recall ?? 0) || a.index - b.index);
  if (!hardest) return null;
  return {
    id: "class",
    title: "How well each class is known",
    text: `At the right end stand the classes, each with the share of its images that are answered right; the lowest is “${hardest.name}” with ${percent(hardest.recall, 0)} of ${counted(hardest.images, "image")}. A click on a class shows what it is taken for, which cards answer to it, and the way back through the network.`,
    view: { selection: { layer: output, cluster: null, neuron: hardest.index } },
    at: [{ part: "details" }],
  };
}

export function curvesStop({ training }: TourMaterial): Stop | null {
  if (!training || training.scene.plots.length === 0) return null;
  const { first, last, plots } = training.scene;
  const names = few(plots.map((plot) => plot.title.toLowerCase()));
  return {
    id: "curves",
    title: "How it was trained",
    text: `This run is a recorded training, steps ${count(first)} to ${count(last)}: ${names}. Drag over a plot to look closer at some steps, double click for all; “Curves” and “Layers” show them large, and layer by layer.`,
    view: {},
    at: [{ part: "curves" }],
  };
}

export function findingStop({ scene, training }: TourMaterial): Stop | null {
  const [finding] = training?.diagnosis?.findings ?? [];
  if (!training?.diagnosis || !finding) return null;
  const where = finding.layer === "" ? "" : `layer ${finding.layer.replace(/^\//, "")}, `;
  const found = counted(training.diagnosis.findings.length, "finding");
  const when = stepsWords(finding, training.diagnosis.steps);
  return {
    id: "findings",
    title: "What went wrong, and what to do",
    text: `${found}; first a${finding.severity === "error" ? "n" : ""} ${SEVERITY_WORDS[finding.severity]}: ${finding.title} (${where}${when}). A click on it shows the evidence and a remedy at the right, lights its neurons, and goes to the first step at which that evidence is there to see. Click again to go on.`,
    view: { ...lookAt(scene, START, finding), brush: NO_BRUSH },
    at: [{ part: "findings" }],
  };
}

export function stepsStop({ scene, training }: TourMaterial): Stop | null {
  const snapshots = training?.snapshots ?? [];
  if (scene.groups.length === 0 || snapshots.length < 2) return null;
  return {
    id: "steps",
    title: "Back in time",
    text: `At ${counted(snapshots.length, "step")}, ${few(snapshots.map(count))}, the state of the network was kept (snapshots, the short strokes). Drag here, or use ← and →, and the picture shows the network as it was; cards keep their places, so that one sees them come to be.`,
    view: {},
    at: [{ part: "steps" }],
  };
}

export function editStop({ layer, cluster, edits }: TourMaterial): Stop | null {
  if (!edits || !layer || !cluster) return null;
  return {
    id: "edit",
    title: "Yours to change",
    text: `Should a neuron of “${cluster.title}” stand elsewhere? Drag its square to another card, or the title onto one to join them; F2 gives a name, N a note. All that follows is drawn anew. The network stays as it is, every change is kept with the run, and the arrows at the top take it back (Ctrl or ⌘ + Z).`,
    view: { selection: { layer: layer.layer, cluster: cluster.id, neuron: null } },
    at: [{ layer: layer.layer, cluster: cluster.id }, { part: "edits" }],
  };
}

export function findStop({ neuron }: TourMaterial): Stop {
  const example = neuron ? `, or a neuron such as ${neuron.id.replace(/^\//, "")}` : "";
  return {
    id: "find",
    title: "Find it, share it",
    text: `The glass searches (/) for layers, classes, cards and notes${example}; the arrow saves the picture. The address of the page is always what you see: copy it, and somebody else sees the same; Back leads back. The question mark (?) lists all marks and keys, and has this tour.`,
    view: {},
    at: [{ part: "tools" }],
  };
}
