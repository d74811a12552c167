import type { Component } from "svelte";
import type { RunContext, ViewProps } from "../state/context.ts";
import type { ViewState } from "../state/viewState.ts";
import Details from "./details/Details.svelte";
import Graph from "./graph/Graph.svelte";
import History from "./history/History.svelte";
import Matrix from "./matrix/Matrix.svelte";
import Picture from "./picture/Picture.svelte";
import Regroup from "./regroup/Regroup.svelte";
import Curves from "./training/Curves.svelte";
import Layers from "./training/Layers.svelte";
import Strip from "./training/Strip.svelte";

/** Where the shell puts a view: the stage, the panel to its right, a drawer over its lower part, the strip below. */
export type Place = "stage" | "side" | "drawer" | "below";

export interface ViewType {
  type: string;
  /** What it is called where it has failed. */
  title: string;
  place: Place;
  component: Component<ViewProps>;
  /** Whether the user's state asks for it, and the run has something for it. */
  shown: (state: ViewState, context: RunContext) => boolean;
  /** Height of a strip in pixels. */
  height?: (state: ViewState) => number;
}

const always = (): boolean => true;
const STRIP = { open: 238, closed: 40 };
/** What the stage shows: without a picture there are curves alone. */
function stageOf(state: ViewState, { scene }: RunContext): "picture" | "matrix" | "layers" | "curves" {
  if (state.matrix !== null) return "matrix";
  const { stage } = state.training;
  return stage === "picture" && scene.groups.length === 0 && scene.run.recorded ? "curves" : stage;
}

/** Every view of a run. The shell knows none of them by name: a new view is a folder and a line here. */
export const VIEWS: readonly ViewType[] = [
  {
    type: "picture",
    title: "The picture",
    place: "stage",
    component: Picture,
    shown: (state, context) => stageOf(state, context) === "picture",
  },
  {
    type: "matrix",
    title: "The matrix",
    place: "stage",
    component: Matrix,
    shown: (state, context) => stageOf(state, context) === "matrix",
  },
  {
    type: "layers",
    title: "The layers over the steps",
    place: "stage",
    component: Layers,
    shown: (state, context) => stageOf(state, context) === "layers",
  },
  {
    type: "curves",
    title: "The curves",
    place: "stage",
    component: Curves,
    shown: (state, context) => stageOf(state, context) === "curves",
  },
  {
    type: "graph",
    title: "The layer graph",
    place: "drawer",
    component: Graph,
    shown: (state) => state.graph !== null && state.regroup === null && !state.history,
  },
  {
    type: "regroup",
    title: "The comparison of groupings",
    place: "drawer",
    component: Regroup,
    shown: (state) => state.regroup !== null,
  },
  {
    type: "history",
    title: "The list of edits",
    place: "drawer",
    component: History,
    shown: (state) => state.history && state.regroup === null,
  },
  {
    type: "training",
    title: "The training",
    place: "below",
    component: Strip,
    shown: (_, context) => context.training !== null,
    height: (state) => (state.training.open ? STRIP.open : STRIP.closed),
  },
  { type: "details", title: "The details", place: "side", component: Details, shown: always },
];
