import type { Component } from "svelte";
import type { ViewProps } from "../state/context.ts";
import type { ViewState } from "../state/viewState.ts";
import Details from "./details/Details.svelte";
import Graph from "./graph/Graph.svelte";
import History from "./history/History.svelte";
import Matrix from "./matrix/Matrix.svelte";
import Picture from "./picture/Picture.svelte";
import Regroup from "./regroup/Regroup.svelte";

/** Where the shell puts a view: the stage, the panel to its right, a drawer over its lower part, the strip below. */
export type Place = "stage" | "side" | "drawer" | "below";

export interface ViewType {
  type: string;
  /** What it is called where it has failed. */
  title: string;
  place: Place;
  component: Component<ViewProps>;
  /** Whether the user's state asks for it. */
  shown: (state: ViewState) => boolean;
}

const always = (): boolean => true;

/** Every view of a run. The shell knows none of them by name: a new view is a folder and a line here. */
export const VIEWS: readonly ViewType[] = [
  {
    type: "picture",
    title: "The picture",
    place: "stage",
    component: Picture,
    shown: (state) => state.matrix === null,
  },
  { type: "matrix", title: "The matrix", place: "stage", component: Matrix, shown: (state) => state.matrix !== null },
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
  { type: "details", title: "The details", place: "side", component: Details, shown: always },
];
