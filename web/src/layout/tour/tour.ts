import { START, type ViewState } from "../../state/viewState.ts";
import { STOPS, type Stop, type StopId, type TourMaterial } from "./stop.ts";
import {
  clusterStop,
  columnsStop,
  connectionStop,
  curvesStop,
  editStop,
  findingStop,
  findStop,
  matrixStop,
  mistakeStop,
  neuronStop,
  stepsStop,
} from "./stops.ts";

/** So many stops are read in two minutes. */
const MOST = 9;
/** What a tour with more does without, first to last: of a recorded training other things matter more. */
const SPARE: readonly StopId[] = ["edit", "matrix", "neuron"];

/** The stops that this run has something for, in their order. */
export function tourStops(material: TourMaterial): Stop[] {
  const made = [
    columnsStop(material),
    clusterStop(material),
    neuronStop(material),
    matrixStop(material),
    connectionStop(material),
    mistakeStop(material),
    curvesStop(material),
    findingStop(material),
    stepsStop(material),
    editStop(material),
    findStop(material),
  ].filter((stop) => stop !== null);
  const spare = SPARE.filter((id) => made.some((stop) => stop.id === id)).slice(0, Math.max(0, made.length - MOST));
  return made.filter((stop) => !spare.includes(stop.id));
}

/** The stop that an address names; where this run has none of that kind, the next one that it has. */
export function stopNamed(stops: readonly Stop[], id: string): Stop | null {
  const rank = (STOPS as readonly string[]).indexOf(id);
  return stops.find((stop) => STOPS.indexOf(stop.id) >= rank) ?? stops.at(-1) ?? null;
}

/** The whole view of a stop: what the user had chosen is set aside, but for the step of a training (null: the newest). */
export const viewOf = (stop: Stop, step: number | null): ViewState => {
  const view = { ...START, ...stop.view, tour: stop.id };
  return { ...view, training: { ...view.training, step: view.training.step ?? step } };
};

/** How a tour begins, before what it is made of has been read. */
export const tourStart = ({ training }: ViewState): ViewState => ({
  ...START,
  training: { ...START.training, step: training.step },
  tour: STOPS[0],
});
