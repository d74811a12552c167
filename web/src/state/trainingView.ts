/** What the stage shows of a recorded training: the picture, its layers over the steps, or its curves, large. */
export type StageKind = "picture" | "layers" | "curves";

/** What the user wants to see of a recorded training. */
export interface TrainingView {
  stage: StageKind;
  /** Step that is looked at; null: the newest. */
  step: number | null;
  /** Whether newer data are shown as they come. */
  follow: boolean;
  /** Steps that plots are zoomed to; null: all. */
  window: [number, number] | null;
  /** Whether plots have logarithmic scales where they can. */
  log: boolean;
  /** How much curves are smoothed, 0 to 0.99. */
  smooth: number;
  /** Id of the quantity that columns and layer graph are coloured by. */
  tint: string | null;
  /** Rule of the finding that is looked at. */
  finding: string | null;
  /** Whether the strip below the stage is open. */
  open: boolean;
}

export const START_TRAINING: TrainingView = {
  stage: "picture",
  step: null,
  follow: false,
  window: null,
  log: false,
  smooth: 0,
  tint: null,
  finding: null,
  open: true,
};

const STAGES: readonly StageKind[] = ["picture", "layers", "curves"];

const wholeOf = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;

function windowOf(text: string | null): [number, number] | null {
  const [first, last] = (text ?? "").split("-").map((part) => wholeOf(part));
  return typeof first === "number" && typeof last === "number" && first < last ? [first, last] : null;
}

/** Read what an address says of a training; anything not understood is left out. */
export function readTraining(query: URLSearchParams): TrainingView {
  const smooth = Number(query.get("smooth") ?? Number.NaN);
  return {
    stage: STAGES.find((one) => one === query.get("stage")) ?? START_TRAINING.stage,
    step: wholeOf(query.get("step")),
    follow: query.has("follow"),
    window: windowOf(query.get("steps")),
    log: query.has("log"),
    smooth: smooth > 0 && smooth < 1 ? smooth : START_TRAINING.smooth,
    tint: query.get("tint"),
    finding: query.get("finding"),
    open: query.get("strip") !== "closed",
  };
}

export function writeTraining(query: URLSearchParams, view: TrainingView): void {
  if (view.stage !== START_TRAINING.stage) query.set("stage", view.stage);
  if (view.step !== null) query.set("step", String(view.step));
  if (view.follow) query.set("follow", "");
  if (view.window !== null) query.set("steps", view.window.join("-"));
  if (view.log) query.set("log", "");
  if (view.smooth > 0) query.set("smooth", String(view.smooth));
  if (view.tint !== null) query.set("tint", view.tint);
  if (view.finding !== null) query.set("finding", view.finding);
  if (!view.open) query.set("strip", "closed");
}

/** The part whose change deserves an entry in the browser's history: not where the cursor stands, nor how curves look. */
export const trainingStep = ({ stage, tint, finding }: TrainingView): object => ({ stage, tint, finding });
