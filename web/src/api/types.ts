// Generated from src/cnnvis/schema by `npm run types`; do not edit.

export interface Wire {
  AblateJob: AblateJob;
  AblateResult: AblateResult;
  AbsentMode: AbsentMode;
  Agreement: Agreement;
  AnswerResult: AnswerResult;
  Becoming: Becoming;
  BecomingScene: BecomingScene;
  BlockFacts: BlockFacts;
  BundleScene: BundleScene;
  CarriedLayer: CarriedLayer;
  CarryReport: CarryReport;
  CheckResult: CheckResult;
  CheckedPair: CheckedPair;
  ClassCount: ClassCount;
  ClassEffect: ClassEffect;
  ClassFacts: ClassFacts;
  ClassGroupFacts: ClassGroupFacts;
  ClassShare: ClassShare;
  ClusterAnswer: ClusterAnswer;
  ClusterContrast: ClusterContrast;
  ClusterNeurons: ClusterNeurons;
  ClusterScene: ClusterScene;
  ClusterState: ClusterState;
  Clustering: Clustering;
  ColumnsOrder: ColumnsOrder;
  ConnectResult: ConnectResult;
  ConnectionScene: ConnectionScene;
  ContrastScene: ContrastScene;
  ContrastSide: ContrastSide;
  Create: Create;
  CurveFacts: CurveFacts;
  CurveScene: CurveScene;
  CurvesScene: CurvesScene;
  Diagnosis: Diagnosis;
  Edge: Edge;
  EditConflict: EditConflict;
  EditRequest: EditRequest;
  EditsFile: EditsFile;
  EditsRevision: EditsRevision;
  EditsScene: EditsScene;
  Evidence: Evidence;
  Example: Example;
  ExportedLayer: ExportedLayer;
  FieldAxis: FieldAxis;
  Finding: Finding;
  Flow: Flow;
  GapScene: GapScene;
  GivenImage: GivenImage;
  GivenImageScene: GivenImageScene;
  GivenImages: GivenImages;
  GivenScene: GivenScene;
  GroupFacts: GroupFacts;
  HealthyRange: HealthyRange;
  HistoryEntry: HistoryEntry;
  HistoryPage: HistoryPage;
  ImageAnswer: ImageAnswer;
  ImageChoice: ImageChoice;
  ImageGroup: ImageGroup;
  ImageSetScene: ImageSetScene;
  Import: Import;
  JumpRequest: JumpRequest;
  Layer: Layer;
  LayerClusters: LayerClusters;
  LayerCurves: LayerCurves;
  LayerFacts: LayerFacts;
  LayerGraph: LayerGraph;
  LayerRowFacts: LayerRowFacts;
  LayerScene: LayerScene;
  LayerValues: LayerValues;
  LayersScene: LayersScene;
  Level: Level;
  LiveState: LiveState;
  Lock: Lock;
  LogEntry: LogEntry;
  MapScene: MapScene;
  MatrixFacts: MatrixFacts;
  Merge: Merge;
  Mistaken: Mistaken;
  MistakesScene: MistakesScene;
  Move: Move;
  NeuronNote: NeuronNote;
  NeuronScene: NeuronScene;
  NotJudged: NotJudged;
  Note: Note;
  Pack: Pack;
  PackingScene: PackingScene;
  Part: Part;
  PatchScene: PatchScene;
  PathOrder: PathOrder;
  PathResult: PathResult;
  PathScene: PathScene;
  PathStop: PathStop;
  PlotFacts: PlotFacts;
  Problem: Problem;
  ReceptiveField: ReceptiveField;
  RecordedLayer: RecordedLayer;
  Regroup: Regroup;
  Regrouping: Regrouping;
  RemoveImages: RemoveImages;
  Rename: Rename;
  RenameImages: RenameImages;
  Report: Report;
  RunEntry: RunEntry;
  RunFacts: RunFacts;
  SaveImages: SaveImages;
  Scene: Scene;
  SeriesPoints: SeriesPoints;
  SetImage: SetImage;
  Split: Split;
  StepRequest: StepRequest;
  StepScene: StepScene;
  StopChoice: StopChoice;
  Suppression: Suppression;
  TableColumn: TableColumn;
  TablePage: TablePage;
  TellingFact: TellingFact;
  TileSize: TileSize;
  TraceFailure: TraceFailure;
  TrainingEvent: TrainingEvent;
  TrainingScene: TrainingScene;
  TrunkLink: TrunkLink;
  TrunkScene: TrunkScene;
  Unit: Unit;
  UnitAnswer: UnitAnswer;
  WorkerState: WorkerState;
}
/**
 * Remove some neurons, and see what becomes of clusters, outputs and accuracy.
 */
export interface AblateJob {
  type: "ablate";
  removed: ClusterNeurons;
  targets?: ClusterNeurons[];
  /**
   * Probe images at most.
   */
  images?: number;
  fill?: "mean" | "zero";
}
/**
 * A cluster, as neurons of a unit.
 */
export interface ClusterNeurons {
  unit: string;
  neurons: number[];
}
/**
 * What a removal takes away: the value as the network is, minus the value without the neurons.
 */
export interface AblateResult {
  type: "ablate";
  images: number;
  /**
   * Per target: of its neurons' mean before their non-linearity.
   */
  drops: number[];
  /**
   * Per output, mean over images; None without scores.
   */
  logit_drops: number[] | null;
  /**
   * On the labelled probe images; None without.
   */
  accuracy: number | null;
  accuracy_after: number | null;
  classes: ClassEffect[];
  fill: "mean" | "zero";
  notes: string[];
}
/**
 * What a removal does to one class, on its probe images.
 */
export interface ClassEffect {
  index: number;
  images: number;
  correct: number;
  correct_after: number;
}
/**
 * A meaning that these columns and clusters have no connections in.
 */
export interface AbsentMode {
  mode: "contribution" | "weights";
  why: string;
  /**
   * Whether the worker can find it out.
   */
  job: boolean;
}
/**
 * Rank correlation of each mode with real removal; None where it was not checked.
 */
export interface Agreement {
  weights: number | null;
  contribution: number | null;
  /**
   * Probe images of the check; None before it.
   */
  images: number | null;
}
/**
 * What the network made of images that a person gave; the server keeps it until it ends.
 */
export interface AnswerResult {
  type: "answer";
  /**
   * Number of the set on the server.
   */
  number: number;
  images: ImageAnswer[];
  /**
   * From the worker to the server alone.
   */
  units: UnitAnswer[];
  /**
   * What was done to the images, in words.
   */
  prepared: string;
  /**
   * Why some were left out, a sentence each.
   */
  refused: string[];
}
/**
 * What the network made of one image.
 */
export interface ImageAnswer {
  name: string;
  /**
   * The image as PNG, shrunk where it is large.
   */
  picture: string;
  /**
   * Width and height as it was given.
   *
   * @minItems 2
   * @maxItems 2
   */
  size: [number, number];
  /**
   * Label and probability of the likeliest outputs, those first; label -1: no class.
   */
  probabilities: [number, number][];
}
/**
 * How the neurons of a unit answered.
 */
export interface UnitAnswer {
  unit: string;
  /**
   * Images by neurons, after the non-linearity.
   */
  means: number[][];
}
/**
 * How one cluster came to be: of its neurons, how many answered as it does, in each snapshot.
 */
export interface Becoming {
  cluster: string;
  neurons: number;
  /**
   * One per snapshot; None where it cannot be said.
   */
  alike: (number | null)[];
}
/**
 * How the clusters of a layer came to be over the training.
 */
export interface BecomingScene {
  layer: string;
  /**
   * Steps of the snapshots, the one of the clusters last.
   */
  steps: number[];
  clusters: Becoming[];
}
/**
 * A block inside a layer group: a column of its own when the group is opened.
 */
export interface BlockFacts {
  id: string;
  title: string;
  detail: string;
  /**
   * Id of the representative layer of neurons.
   */
  layer: string;
  layers: string[];
}
/**
 * A bicluster: every source connected to every target with the same sign, drawn through one in-between node.
 */
export interface BundleScene {
  id: string;
  sources: string[];
  targets: string[];
  sign: -1 | 1;
  /**
   * Of all the weight that arrives in the target column.
   */
  share: number;
  /**
   * 1: all its connections are equally strong.
   */
  coherence: number;
  /**
   * What each source carries; adds up to `share`.
   */
  source_shares: number[];
  target_shares: number[];
}
/**
 * How much of a layer could be taken over.
 */
export interface CarriedLayer {
  layer: string;
  by: "identity" | "profiles";
  /**
   * Neurons whose counterpart was found.
   */
  neurons: number;
  /**
   * Neurons of the layer where the edits come from.
   */
  total: number;
  /**
   * Mean correlation of the matched class profiles.
   */
  agreement: number | null;
  /**
   * All of this, as a sentence.
   */
  words: string;
}
/**
 * What was taken over from another run, and what could not be.
 */
export interface CarryReport {
  layers: CarriedLayer[];
  /**
   * Image groups that were taken over.
   */
  groups: number;
  /**
   * What could not be taken over, a sentence each.
   */
  missing: string[];
  edits: EditsScene;
}
/**
 * The user's edits of a run as they are now; the history comes in pages.
 */
export interface EditsScene {
  version: number;
  revision: number;
  /**
   * What undoing takes back, in words; empty: nothing.
   */
  undo: string;
  redo: string;
  /**
   * Edits that hold: as many first entries of the history.
   */
  done: number;
  /**
   * Edits that were undone and can be made again.
   */
  undone: number;
  /**
   * The layers that are edited.
   */
  layers: LayerClusters[];
  /**
   * The saved image groups, oldest first.
   */
  groups: ImageGroup[];
  /**
   * Where edits are kept, when not in the run folder.
   */
  notice: string;
  /**
   * Why nothing can be edited, as a sentence; empty: it can.
   */
  closed: string;
}
/**
 * The clusters of a layer: every neuron is in exactly one.
 */
export interface LayerClusters {
  layer: string;
  clusters: ClusterState[];
  /**
   * By which the layer was last grouped as a whole.
   */
  method?: "kmeans" | "meanshift" | "ward";
  note?: string;
  /**
   * By neuron, ascending.
   */
  notes?: NeuronNote[];
}
/**
 * A cluster as the user has it.
 */
export interface ClusterState {
  /**
   * Given once; never given again in this layer.
   */
  id: string;
  /**
   * Channels, ascending.
   */
  neurons: number[];
  /**
   * The user's; empty: the automatic title.
   */
  name?: string;
  note?: string;
  /**
   * Whether its neurons are kept as they are.
   */
  locked?: boolean;
}
/**
 * What the user wrote about a neuron.
 */
export interface NeuronNote {
  neuron: number;
  text: string;
}
/**
 * A set of images that the user saved under a name.
 */
export interface ImageGroup {
  /**
   * Given once; never given again in this run.
   */
  id: string;
  name: string;
  /**
   * Ids of the images, ascending.
   *
   * Items: Id of an image in the data.
   */
  samples: number[];
}
/**
 * How well each meaning of a connection ranks what removal really does.
 */
export interface CheckResult {
  type: "check";
  images: number;
  pairs: CheckedPair[];
  /**
   * Mean rank correlation over the pairs of columns.
   */
  weights: number | null;
  contribution: number | null;
  better: ("contribution" | "weights") | null;
  /**
   * Whether even the better one is below 0.3.
   */
  weak: boolean;
  fill: "mean" | "zero";
  notes: string[];
}
/**
 * Two columns: rows are the source clusters, columns the target clusters, in the order of the job.
 */
export interface CheckedPair {
  source: string;
  target: string;
  /**
   * Places of the source clusters in the job.
   */
  sources: number[];
  /**
   * Places of the target clusters in the job.
   */
  targets: number[];
  /**
   * What removal takes from the target's mean before its non-linearity, per neuron removed.
   */
  measured: number[][];
  weights: number[][] | null;
  contribution: number[][] | null;
  /**
   * Spearman's rank correlation with measured.
   */
  weights_agreement: number | null;
  contribution_agreement: number | null;
}
/**
 * How many images of a set go with a class.
 */
export interface ClassCount {
  /**
   * Index of the class, or of an output without one.
   */
  label: number;
  images: number;
}
/**
 * One class of the data.
 */
export interface ClassFacts {
  index: number;
  name: string;
  images: number;
  /**
   * Share of its images predicted right; None without images.
   */
  recall: number | null;
}
/**
 * A run of the class order that is shown as one column until it is opened.
 */
export interface ClassGroupFacts {
  /**
   * Place of its first class in class_order.
   */
  start: number;
  /**
   * Place after its last class.
   */
  stop: number;
  /**
   * From the user's hierarchy, else its most typical classes.
   */
  title: string;
  /**
   * What it opens into; empty: its classes.
   */
  parts: ClassGroupFacts[];
}
/**
 * How sure the network is of an answer.
 */
export interface ClassShare {
  /**
   * Index of the class; None for an output that is no class.
   */
  label: number | null;
  /**
   * Probability: the softmax of the outputs.
   */
  share: number;
}
/**
 * How a cluster answers to a set, in standard deviations of its neurons over the probe images; 0 is their mean.
 */
export interface ClusterAnswer {
  layer: string;
  cluster: string;
  title: string;
  /**
   * Mean over the images.
   */
  answer: number;
  /**
   * What the class profiles promise: the mean over the images of their classes' profiles.
   */
  profile: number;
}
/**
 * How a cluster answers to each side, in standard deviations of its neurons over the probe images.
 */
export interface ClusterContrast {
  layer: string;
  cluster: string;
  title: string;
  first: number;
  second: number;
}
/**
 * Neurons of one layer with alike class profiles.
 */
export interface ClusterScene {
  id: string;
  /**
   * The user's name for it, else the title that was found.
   */
  title: string;
  /**
   * The title that was found, where the user gave a name; else empty.
   */
  found: string;
  /**
   * Classes the title names, strongest first.
   */
  classes: number[];
  never_active: boolean;
  /**
   * Mean correlation of a member's profile with the cluster's.
   */
  agreement: number | null;
  /**
   * Per class: mean over members of (class mean - neuron mean) / neuron deviation; None: no image.
   */
  profile: (number | null)[];
  /**
   * Channels, alike ones side by side: rows of the matrix.
   */
  neurons: number[];
  /**
   * A patch per entry of neurons; None when it never fires.
   */
  sprites: ([number, number, number, number] | null)[];
  /**
   * Which of the neuron's best patches that is, 1 for the best. One within a tenth of its value stands in where a cluster's tiles would show an image twice.
   */
  ranks: (number | null)[];
  /**
   * By activation first; by contribution only where there are contributions.
   */
  packings: PackingScene[];
  /**
   * In an earlier snapshot than the clusters are of: neurons that already answered as the cluster does later. None where the clusters are the snapshot's own, or that cannot be said.
   */
  alike: number | null;
}
/**
 * Where the square tiles of a cluster's neurons lie, in cells of a common grid, for one kind of importance.
 */
export interface PackingScene {
  importance: "activation" | "contribution" | "uniform";
  /**
   * Width of the packing in cells.
   */
  width: number;
  height: number;
  /**
   * Cells of the smallest side that a tile can have.
   */
  smallest: number;
  /**
   * One per entry of neurons, as y and side.
   */
  x: number[];
  y: number[];
  side: number[];
  /**
   * Branch of the cluster's hierarchy that each tile belongs to, counted in the hierarchy's order; none where all are one.
   */
  region: number[];
}
/**
 * How a layer's neurons were grouped, and how far to trust it.
 */
export interface Clustering {
  method: "kmeans" | "meanshift" | "ward";
  k: number;
  automatic: boolean;
  /**
   * What was compared, in words.
   */
  feature: string;
  silhouette: number | null;
  /**
   * Mean adjusted Rand index under resampling of probe images.
   */
  stability: number | null;
}
/**
 * To the server: do something for the clusters of some columns, as they are now.
 */
export interface ColumnsOrder {
  /**
   * Units of all shown columns; none: the layer groups.
   */
  columns?: string[];
  /**
   * Probe images at most.
   */
  images?: number;
}
/**
 * What there is of connections by contribution now; the server keeps them with the run.
 */
export interface ConnectResult {
  type: "connect";
  images: number;
  /**
   * Pairs of columns with a path between them.
   */
  pairs: number;
  seconds: number;
  notes: string[];
  /**
   * The connections, from the worker to the server alone.
   */
  data: string;
}
/**
 * Connections between the shown columns.
 */
export interface ConnectionScene {
  version: number;
  mode: "contribution" | "weights";
  /**
   * What there is for these columns and clusters.
   */
  modes: ("contribution" | "weights")[];
  absent: AbsentMode[];
  default: "contribution" | "weights";
  /**
   * Probe images that contributions are means over; None: weights.
   */
  images: number | null;
  /**
   * Why to be careful, or nothing.
   */
  warning: string;
  /**
   * What a reader should know of all connections.
   */
  notes: string[];
  agreement: Agreement1;
  /**
   * The share of the weight that was asked for.
   */
  share: number;
  /**
   * Bundles, curves and trunks in a gap, at most; None: all.
   */
  most: number | null;
  columns: string[];
  /**
   * Cluster ids of each column from top to bottom: few crossings.
   */
  orders: string[][];
  /**
   * Weight of all crossings; one of two mean connections counts 1.
   */
  crossings: number;
  /**
   * The same with the clusters in the order in which they were found.
   */
  unordered: number;
  gaps: GapScene[];
  kept: number;
  total: number;
  /**
   * Share of the weight that is drawn; each column's arrivals count alike.
   */
  drawn: number;
  /**
   * Curves on the screen.
   */
  curves: number;
}
/**
 * How well each mode ranks what removing clusters really does.
 */
export interface Agreement1 {
  weights: number | null;
  contribution: number | null;
  /**
   * Probe images of the check; None before it.
   */
  images: number | null;
}
/**
 * All that is drawn between two columns: bundles and curves between neighbours, else trunks.
 */
export interface GapScene {
  /**
   * Place of the column among `ConnectionScene.columns`.
   */
  source: number;
  /**
   * Greater than source + 1: connections that jump columns.
   */
  target: number;
  /**
   * Of all the weight that arrives in the target column, by this way.
   */
  part: number;
  /**
   * In-between nodes from top to bottom: few crossings.
   */
  bundles: BundleScene[];
  curves: CurveScene[];
  trunks: TrunkScene[];
  /**
   * Connections drawn, those in bundles and trunks counted one by one.
   */
  kept: number;
  /**
   * Connections there are.
   */
  total: number;
  /**
   * Of all the weight between the two columns, drawn.
   */
  share: number;
  /**
   * Bundles, curves and trunks for which there is no room.
   */
  left_out: number;
  /**
   * False where the bounded search for biclusters took over.
   */
  exact: boolean;
  /**
   * What is approximated between the two, one sentence each.
   */
  notes: string[];
}
/**
 * A connection between two clusters that belongs to no bundle.
 */
export interface CurveScene {
  /**
   * Id of a cluster of the source column.
   */
  source: string;
  target: string;
  sign: -1 | 1;
  /**
   * Of all the weight that arrives in the target column.
   */
  share: number;
}
/**
 * All drawn connections of one sign between two columns that are no neighbours, on one way past those in between.
 *
 *     Not every source is connected with every target: ``links`` says which are.
 */
export interface TrunkScene {
  id: string;
  sources: string[];
  targets: string[];
  sign: -1 | 1;
  /**
   * Of all the weight that arrives in the target column.
   */
  share: number;
  links: TrunkLink[];
}
/**
 * One connection that a trunk carries.
 */
export interface TrunkLink {
  /**
   * Place among the trunk's sources.
   */
  source: number;
  target: number;
  /**
   * Of all the weight that arrives in the target column.
   */
  share: number;
}
/**
 * Two sets of probe images, and the clusters that answer to them most differently, those first.
 */
export interface ContrastScene {
  first: ContrastSide;
  second: ContrastSide;
  clusters: ClusterContrast[];
}
/**
 * Some probe images.
 */
export interface ContrastSide {
  /**
   * How many of the probe images they are.
   */
  images: number;
  /**
   * Some of them that the run holds.
   */
  examples: Example[];
}
/**
 * One image of the data, for the input column.
 */
export interface Example {
  sample: number;
  /**
   * Relative address of the image.
   */
  image: string;
  /**
   * @minItems 2
   * @maxItems 2
   */
  size: [number, number];
  label: number | null;
}
/**
 * Make a new cluster of neurons.
 */
export interface Create {
  type: "create";
  layer: string;
  /**
   * Channels of the layer.
   */
  neurons: number[];
  name?: string;
  /**
   * Given when the edit is made.
   */
  id?: string;
}
/**
 * One line of a plot.
 */
export interface CurveFacts {
  /**
   * What it is asked for by: name of a quantity or metric of the series.
   */
  name: string;
  /**
   * Which of its values: 0, or the number of a parameter group.
   */
  place: number;
  label: string;
  /**
   * train, validation, test, or nothing where it is not about a part.
   */
  part: string;
  /**
   * Whether a value holds until the next one, which is told when it comes.
   */
  held: boolean;
}
/**
 * Lines over a span of steps.
 */
export interface CurvesScene {
  first: number;
  last: number;
  curves: SeriesPoints[];
}
/**
 * The points of one line that a plot of so many pixels can show.
 */
export interface SeriesPoints {
  name: string;
  place: number;
  steps: number[];
  values: (number | ("-inf" | "inf" | "nan") | null)[];
}
/**
 * All findings about a run, the worst first.
 */
export interface Diagnosis {
  version: number;
  /**
   * Last step that was recorded when it was judged.
   */
  steps: number;
  /**
   * Steps that were measured layer by layer.
   */
  measured: number;
  /**
   * Whether the training was over.
   */
  complete: boolean;
  findings: Finding[];
  /**
   * Names of all rules, applied or not.
   */
  rules: string[];
  /**
   * Rules that lack what they need.
   */
  not_judged: NotJudged[];
  /**
   * What else limits the judgement.
   */
  notes: string[];
}
/**
 * A named diagnosis: where and when it began, by what it shows, why, and what to do.
 */
export interface Finding {
  /**
   * Name of the rule, as in `dead-relu`.
   */
  rule: string;
  /**
   * What is wrong, as a short sentence.
   */
  title: string;
  severity: "error" | "hint" | "warning";
  /**
   * First unit or batch norm it shows at; empty: the whole run.
   */
  layer: string;
  /**
   * All units it shows at, in network order.
   */
  layers: string[];
  /**
   * Neurons of `layer` it is about, where they are known.
   */
  neurons: number[];
  /**
   * Step at which it began to show.
   */
  first_step: number;
  /**
   * First step from `first_step` on at which the evidence is there to see.
   */
  evidence_step: number;
  /**
   * Last step at which it showed.
   */
  last_step: number;
  evidence: Evidence[];
  /**
   * What most likely lies behind it, upstream.
   */
  cause: string;
  /**
   * What to do, in the imperative.
   */
  remedy: string;
  /**
   * Findings that this one explains.
   */
  symptoms: Finding[];
}
/**
 * One measured number beside its threshold.
 */
export interface Evidence {
  /**
   * Name of a series, or of a snapshot's statistic.
   */
  quantity: string;
  /**
   * What the number is, in words.
   */
  text: string;
  value: number | ("-inf" | "inf" | "nan") | null;
  /**
   * The number it is held against; None: only told.
   */
  threshold: number | ("-inf" | "inf" | "nan") | null;
  /**
   * Unit or batch norm it was measured at; empty: the run.
   */
  layer: string;
  step: number | null;
}
/**
 * A rule that could not be applied: that it found nothing says nothing.
 */
export interface NotJudged {
  rule: string;
  /**
   * What it needs and what there is.
   */
  reason: string;
}
/**
 * A tensor that flows from one layer to another.
 */
export interface Edge {
  source: string;
  target: string;
  /**
   * Shape of the tensor without the batch axis.
   */
  shape: number[];
}
/**
 * The edit was not made, since others have changed what it builds on; with what there is now.
 */
export interface EditConflict {
  error: string;
  remedy: string;
  edits: EditsScene;
}
/**
 * To the server: make this edit, decided on while looking at this revision.
 */
export interface EditRequest {
  revision: number;
  edit: Move | Create | Merge | Split | Regroup | Lock | Rename | Note | SaveImages | RenameImages | RemoveImages;
}
/**
 * Move neurons into a cluster; one that is left empty is gone.
 */
export interface Move {
  type: "move";
  layer: string;
  /**
   * Channels of the layer.
   */
  neurons: number[];
  /**
   * Id of the cluster.
   */
  to: string;
}
/**
 * Make one cluster of several: the first keeps its id, name and note.
 */
export interface Merge {
  type: "merge";
  layer: string;
  clusters: string[];
}
/**
 * Split a cluster by Ward's method; the largest part keeps its id, name and note.
 */
export interface Split {
  type: "split";
  layer: string;
  cluster: string;
  k?: number;
  /**
   * Found when the edit is made.
   */
  parts?: Part[];
}
/**
 * A cluster that an edit made: found when the edit was made, so that replaying it computes nothing.
 */
export interface Part {
  id: string;
  neurons: number[];
}
/**
 * Group a layer anew, locked clusters left alone; a part that is mostly an old cluster keeps its id and name.
 */
export interface Regroup {
  type: "regroup";
  layer: string;
  method?: "kmeans" | "meanshift" | "ward";
  /**
   * None: found; MeanShift always finds it.
   */
  k?: number | null;
  /**
   * Found when the edit is made.
   */
  parts?: Part[];
}
/**
 * Keep a cluster's neurons as they are, or allow changes again.
 */
export interface Lock {
  type: "lock";
  layer: string;
  cluster: string;
  locked?: boolean;
}
/**
 * Name a cluster; an empty name gives the automatic title back.
 */
export interface Rename {
  type: "rename";
  layer: string;
  cluster: string;
  name: string;
}
/**
 * Write about a cluster, a neuron, or the layer when neither is given; an empty text removes the note.
 */
export interface Note {
  type: "note";
  layer: string;
  text: string;
  cluster?: string | null;
  neuron?: number | null;
}
/**
 * Keep some probe images under a name, as an image group.
 */
export interface SaveImages {
  type: "save-images";
  name: string;
  /**
   * Ids of the images.
   *
   * @maxItems 2000
   *
   * Items: Id of an image in the data.
   */
  samples: number[];
  /**
   * Given when the edit is made.
   */
  id?: string;
}
/**
 * Give an image group another name.
 */
export interface RenameImages {
  type: "rename-images";
  group: string;
  name: string;
}
/**
 * Forget an image group; the images stay.
 */
export interface RemoveImages {
  type: "remove-images";
  group: string;
}
/**
 * The user's edits in a file of their own, to be taken to another run.
 */
export interface EditsFile {
  kind?: "cnnvis-edits";
  version?: number;
  /**
   * Id of the run they were made in.
   */
  run: string;
  model: string;
  classes: string[];
  layers: ExportedLayer[];
  /**
   * Name of the data, by whose ids the groups name images.
   */
  data?: string;
  groups?: ImageGroup[];
  /**
   * For the record: the edits that led there.
   */
  history?: LogEntry[];
}
/**
 * A layer's clusters, and what its neurons can be recognised by in another run.
 */
export interface ExportedLayer {
  clusters: LayerClusters;
  neurons: number;
  /**
   * Base64 of float16, neurons by classes: class profiles.
   */
  profiles: string;
}
/**
 * One row of the log, which only grows: an edit, or a mark that the last one was undone or redone.
 */
export interface LogEntry {
  /**
   * Number of the row; 0 before the first.
   */
  revision?: number;
  /**
   * UTC time, ISO 8601.
   */
  time?: string;
  act?: "edit" | "redo" | "undo";
  edit?:
    | (
        | Move
        | Create
        | Merge
        | Split
        | Regroup
        | Lock
        | Rename
        | Note
        | SaveImages
        | RenameImages
        | RemoveImages
        | Import
      )
    | null;
  /**
   * Clusters before the edit, for layers that no edit had changed.
   */
  starts?: LayerClusters[];
}
/**
 * Take over the clusters of several layers, and image groups, from elsewhere.
 */
export interface Import {
  type: "import";
  layers: LayerClusters[];
  source: string;
  /**
   * With the ids that they have here.
   */
  groups?: ImageGroup[];
}
/**
 * The number of the newest row: what a page waits for.
 */
export interface EditsRevision {
  revision: number;
}
/**
 * Receptive field along one image axis, in pixels of the model's input.
 *
 *     Output position ``i`` sees the pixels of the half-open interval
 *     ``[start + i * stride, start + i * stride + size)``, before clipping to the image.
 */
export interface FieldAxis {
  /**
   * A fraction as numerator and denominator.
   *
   * @minItems 2
   * @maxItems 2
   */
  start: [number, number];
  /**
   * A fraction as numerator and denominator.
   *
   * @minItems 2
   * @maxItems 2
   */
  size: [number, number];
  /**
   * A fraction as numerator and denominator.
   *
   * @minItems 2
   * @maxItems 2
   */
  stride: [number, number];
}
/**
 * Neurons that a cluster and one of another grouping share.
 */
export interface Flow {
  /**
   * Id of the cluster as it is.
   */
  source: string;
  /**
   * Id of the cluster as it would be.
   */
  target: string;
  neurons: number;
}
/**
 * An image file that a person gave.
 */
export interface GivenImage {
  /**
   * What it is called.
   */
  name: string;
  /**
   * The file, in Base64: PNG, JPEG, WebP or BMP.
   */
  data: string;
}
/**
 * An image that a person gave, and what the network answers.
 */
export interface GivenImageScene {
  name: string;
  /**
   * Relative address of a small picture of it.
   */
  image: string;
  /**
   * Width and height as it was given.
   *
   * @minItems 2
   * @maxItems 2
   */
  size: [number, number];
  /**
   * The likeliest classes, those first.
   */
  answers: ClassShare[];
}
/**
 * To the server: show these images to the network. They are kept in memory only, until the server ends.
 */
export interface GivenImages {
  /**
   * @maxItems 24
   */
  images: GivenImage[];
}
/**
 * Images that a person gave, and how the network answers to them.
 */
export interface GivenScene {
  number: number;
  images: GivenImageScene[];
  /**
   * Class whose profile is compared with; None: that of each image's answer.
   */
  against: number | null;
  /**
   * What they are answered with, commonest first.
   */
  predictions: ClassCount[];
  /**
   * Clusters that answer most, those first.
   */
  answering: ClusterAnswer[];
  /**
   * Clusters whose answer differs most from the profiles, those first.
   */
  differing: ClusterAnswer[];
  /**
   * What was done to the images before the network saw them, in words.
   */
  prepared: string;
  /**
   * Why some were left out, a sentence each.
   */
  refused: string[];
}
/**
 * A layer group: one column of the picture.
 */
export interface GroupFacts {
  id: string;
  title: string;
  detail: string;
  /**
   * Id of the representative layer of neurons.
   */
  layer: string;
  layers: string[];
  blocks: BlockFacts[];
  /**
   * Whether this column holds the logits.
   */
  output: boolean;
}
/**
 * Where a quantity of a layer usually lies in trainings that go well, and what is beyond all of them.
 */
export interface HealthyRange {
  low: number | null;
  high: number | null;
  /**
   * Below this something is wrong; None: that cannot be said.
   */
  least: number | null;
  /**
   * Above this something is wrong.
   */
  greatest: number | null;
  /**
   * Whether low and least are shares of the greatest value among the layers at the step.
   */
  relative: boolean;
  words: string;
}
/**
 * One line of the history list.
 */
export interface HistoryEntry {
  revision: number;
  time: string;
  /**
   * What was done, as a sentence.
   */
  words: string;
  layers: string[];
  /**
   * False: undone, and can be redone.
   */
  done: boolean;
}
/**
 * A part of the history list: oldest first; edits that were undone stand at the end, the next to redo first.
 */
export interface HistoryPage {
  revision: number;
  /**
   * Place of the first entry in the whole list, from 0.
   */
  first: number;
  entries: HistoryEntry[];
  /**
   * Entries of the whole list.
   */
  total: number;
}
/**
 * Which probe images: those for which everything that is given holds; nothing given: all of them.
 */
export interface ImageChoice {
  /**
   * Class that they are of.
   */
  label?: number | null;
  /**
   * Class that they were answered with.
   */
  answered?: number | null;
  /**
   * Whether only those that were answered wrongly.
   */
  wrong?: boolean;
  /**
   * Id of a neuron: those that excite it most.
   */
  neuron?: string | null;
  /**
   * Chosen one by one.
   */
  samples?: number[] | null;
  /**
   * Id of a saved group.
   */
  group?: string | null;
}
/**
 * Some probe images, and how the network answers to them.
 */
export interface ImageSetScene {
  /**
   * Which images they are, in words.
   */
  title: string;
  /**
   * How many they are.
   */
  images: number;
  /**
   * Images asked for that are not among the probe images.
   */
  unknown: number;
  /**
   * How many probe images there are.
   */
  of: number;
  /**
   * How many of the images have a label.
   */
  labelled: number;
  /**
   * How many of those were answered right.
   */
  right: number;
  /**
   * Their classes, the commonest first.
   */
  labels: ClassCount[];
  /**
   * What they were answered with, commonest first.
   */
  predictions: ClassCount[];
  /**
   * The same of those that were answered wrongly.
   */
  mistakes: ClassCount[];
  /**
   * Clusters that answer most, those first.
   */
  answering: ClusterAnswer[];
  /**
   * Clusters whose answer differs most from the class profiles, those first; none without label.
   */
  differing: ClusterAnswer[];
  /**
   * The images, by class, then id.
   */
  members: SetImage[];
}
/**
 * One image of a set.
 */
export interface SetImage {
  sample: number;
  /**
   * Relative address of the picture; None when it was not kept.
   */
  image: string | null;
  /**
   * None without a label.
   */
  label: number | null;
  /**
   * What the network answered; None when that is not known.
   */
  predicted: number | null;
}
/**
 * To the server: undo or redo as many edits as it takes, decided on while looking at this revision.
 */
export interface JumpRequest {
  revision: number;
  /**
   * How many edits are to hold then.
   */
  done: number;
}
/**
 * One node of the layer graph: a module call or a functional operation.
 */
export interface Layer {
  /**
   * Module path (`#n` for its n-th call) or `module/op#n`.
   */
  id: string;
  /**
   * Path of the innermost module that ran it; empty for the model itself.
   */
  path: string;
  /**
   * Name of the operation: conv2d, relu, add, cat, flatten, ...
   */
  op: string;
  kind: "activation" | "conv" | "input" | "linear" | "merge" | "norm" | "other" | "pool" | "shape";
  /**
   * Name under which the running model announces this layer's output.
   */
  event: string;
  /**
   * Shape of the output without the batch axis.
   */
  shape: number[];
  /**
   * Axis of `shape` that holds the channels; None when there is none.
   */
  channel_axis: number | null;
  /**
   * Axes of `shape` that are positions.
   */
  spatial_axes: number[];
  field: ReceptiveField;
  /**
   * Number of weights that this layer's module owns.
   */
  parameters: number;
  /**
   * Kernel, stride, padding, groups, ...
   */
  attributes: {
    [k: string]: number | boolean | string | number[] | undefined;
  };
}
/**
 * What part of the input image one output position of a layer can see.
 *
 *     ``exact``: the box is right. ``bound``: the true field lies inside the box.
 *     ``whole input``: every pixel may count; both axes are then None.
 */
export interface ReceptiveField {
  status: "bound" | "exact" | "whole input";
  y: FieldAxis | null;
  x: FieldAxis | null;
}
/**
 * One quantity of all layers over the steps: least and greatest value in each of some equal spans.
 */
export interface LayerCurves {
  /**
   * Id of the row.
   */
  row: string;
  /**
   * Last measured step of each span that has one.
   */
  steps: number[];
  /**
   * Per layer one value per step.
   */
  low: (number | ("-inf" | "inf" | "nan") | null)[][];
  high: (number | ("-inf" | "inf" | "nan") | null)[][];
}
/**
 * One layer of neurons (a unit) in words and numbers.
 */
export interface LayerFacts {
  id: string;
  /**
   * Short name for a column head.
   */
  title: string;
  /**
   * One line: operations, neurons, map size.
   */
  detail: string;
  neurons: number;
  /**
   * Height and width of a neuron's map; empty without one.
   */
  map: number[];
  /**
   * Receptive field in words.
   */
  field: string;
  /**
   * Mean share of positions above 0.
   */
  active: number;
  /**
   * Neurons that never rise above 0.
   */
  never_active: number;
}
/**
 * The network as a directed acyclic graph, in the order in which the layers ran.
 */
export interface LayerGraph {
  version: number;
  layers: Layer[];
  edges: Edge[];
  units: Unit[];
  /**
   * Id of the layer that gives the logits.
   */
  output: string | null;
  failure: TraceFailure | null;
  /**
   * What a reader should know, in sentences.
   */
  notes: string[];
}
/**
 * A layer of neurons: a convolution or linear layer with the norm and activation that follow it alone.
 *
 *     Also an activation that follows a merge. A neuron is one channel of a unit; its id is ``<unit id>:<channel>``.
 */
export interface Unit {
  /**
   * Id of the layer whose output is the neurons' value after the activation.
   */
  id: string;
  /**
   * Id of the layer whose output is the activation's input.
   */
  before: string;
  /**
   * Ids of the layers that make up the unit, in order.
   */
  members: string[];
  role: "conv" | "linear" | "merge";
  /**
   * Name of the non-linearity; None without one.
   */
  activation: string | null;
  neurons: number;
}
/**
 * Where and why the model's forward pass stopped, when it did.
 */
export interface TraceFailure {
  path: string;
  message: string;
}
/**
 * A quantity with one value per layer and step: a row of the table of layers.
 */
export interface LayerRowFacts {
  id: string;
  title: string;
  definition: string;
  scale: "count" | "linear" | "log" | "share";
  /**
   * Where a plot of it begins; None: nothing finite was measured.
   */
  low: number | null;
  high: number | null;
  healthy: HealthyRange | null;
  /**
   * Names of the series that it is made of.
   */
  quantities: string[];
}
/**
 * The clusters of one layer: a column's content.
 */
export interface LayerScene {
  version: number;
  layer: string;
  clustering: Clustering;
  clusters: ClusterScene[];
  matrices: MatrixFacts[];
  /**
   * The same for all clusters, so that they compare.
   */
  sizes: TileSize[];
  /**
   * Relative address of the sprite atlas; None without patches.
   */
  atlas: string | null;
  /**
   * @minItems 2
   * @maxItems 2
   */
  atlas_size: [number, number];
}
/**
 * A matrix of a layer's neurons and the classes, which is fetched on its own.
 */
export interface MatrixFacts {
  facet: "activations" | "contributions";
  /**
   * Relative address of the values: float16, neurons by classes.
   */
  address: string;
  /**
   * Smallest value; None when there is none.
   */
  minimum: number | null;
  maximum: number | null;
  /**
   * Per neuron of the layer, over all classes: where its own ramp starts. None: no class.
   */
  lowest: (number | null)[];
  /**
   * The same: where its own ramp ends.
   */
  highest: (number | null)[];
  /**
   * 99.5 % quantile of the absolute values: the end of a common ramp.
   */
  limit: number;
  /**
   * What a value is, in words.
   */
  unit: string;
  /**
   * What the values are means over, in words.
   */
  images: string;
}
/**
 * What the sides of a layer's tiles say, for one kind of importance.
 */
export interface TileSize {
  importance: "activation" | "contribution" | "uniform";
  /**
   * Importance of a tile of twice the smallest side. Sides are in proportion to importance, from half to twice that of the typical tile; what is beyond stops there.
   */
  typical: number;
}
/**
 * One quantity of all layers at a step.
 */
export interface LayerValues {
  /**
   * Id of the row.
   */
  row: string;
  /**
   * Step in which it was measured: the last one up to the step asked for.
   */
  step: number;
  /**
   * One per layer; None where it was not measured.
   */
  values: (number | ("-inf" | "inf" | "nan") | null)[];
}
/**
 * Quantities of all layers over a span of steps.
 */
export interface LayersScene {
  first: number;
  last: number;
  rows: LayerCurves[];
}
/**
 * A value that the lines of a plot are held against, such as the loss of guessing.
 */
export interface Level {
  value: number;
  /**
   * What it is, with the number: what stands at its line.
   */
  words: string;
}
/**
 * What changes while a training is recorded: a page that holds another one has something to fetch.
 */
export interface LiveState {
  /**
   * Changes with anything of this.
   */
  mark: string;
  recording: string;
  /**
   * Bytes of the series that were read.
   */
  size: number;
  /**
   * Last step.
   */
  last: number;
  snapshots: number[];
  /**
   * Changes with the findings; empty before the first look.
   */
  findings: string;
  complete: boolean;
  /**
   * Share of a long series that was read so far; None when all was.
   */
  reading: number | null;
}
/**
 * Where a neuron is active on one image, after the non-linearity; one value per cell of a small grid.
 */
export interface MapScene {
  width: number;
  height: number;
  /**
   * Base64 of one byte per cell, row by row: 255 is maximum, 0 is 0 or less.
   */
  values: string;
  /**
   * Value that 255 stands for.
   */
  maximum: number;
  /**
   * The whole grid; it may reach beyond the image.
   *
   * @minItems 4
   * @maxItems 4
   */
  box: [number, number, number, number];
}
/**
 * One cell of the confusion matrix beside its diagonal.
 */
export interface Mistaken {
  /**
   * Index of the other class.
   */
  label: number;
  images: number;
}
/**
 * What the images of a class are taken for, and whose images are taken for it; the commonest first.
 */
export interface MistakesScene {
  label: number;
  /**
   * Images of the class.
   */
  images: number;
  right: number;
  /**
   * What images of this class are answered with.
   */
  taken_for: Mistaken[];
  /**
   * Whose images are answered with this class.
   */
  taken: Mistaken[];
}
/**
 * Everything about one neuron.
 */
export interface NeuronScene {
  version: number;
  id: string;
  layer: string;
  neuron: number;
  cluster: string;
  mean: number | null;
  deviation: number | null;
  minimum: number | null;
  maximum: number | null;
  active: number | null;
  nonfinite: number;
  /**
   * Mean activation per class; None: no image.
   */
  profile: (number | null)[];
  /**
   * Contribution to each class on its own images; None: no image, or not computed.
   */
  contributions: (number | null)[] | null;
  /**
   * Strongest first, at most five.
   */
  suppressed: Suppression[];
  patches: PatchScene[];
  /**
   * Images of ordinary activation, stronger first.
   */
  typical: PatchScene[];
  /**
   * Images that excite it least, lowest first.
   */
  least: PatchScene[];
}
/**
 * How a neuron speaks against a class that another is confused with.
 */
export interface Suppression {
  /**
   * Class of the images.
   */
  label: number;
  /**
   * Class that these are confused with.
   */
  confused: number;
  /**
   * Contribution to the confused class's logit; below 0.
   */
  value: number;
}
/**
 * Where a neuron fired most in one image.
 */
export interface PatchScene {
  sample: number;
  /**
   * Value before the non-linearity at that place.
   */
  value: number;
  /**
   * Relative address of the image; None when it was not kept.
   */
  image: string | null;
  /**
   * @minItems 2
   * @maxItems 2
   */
  size: [number, number];
  /**
   * Receptive field, clipped to the image.
   */
  box: [number, number, number, number] | null;
  /**
   * Receptive field with its true, unclipped numbers.
   */
  field: [number, number, number, number] | null;
  label: number | null;
  predicted: number | null;
  /**
   * None where none was kept, or the neuron has no map.
   */
  map: MapScene | null;
  /**
   * Activation on the image: mean after the non-linearity.
   */
  mean: number | null;
  /**
   * Of its activation over the probe images: typical ones.
   */
  quantile: number | null;
}
/**
 * Some answers that are stored together.
 */
export interface Pack {
  /**
   * What they answer: the path below api/, and the parameters, neither of them escaped.
   */
  addresses: string[];
  /**
   * Of the one answer; application/json: a gzipped list of answers.
   */
  media_type: string;
  /**
   * Base64; empty where it is a file.
   */
  data: string;
  /**
   * Path beside the page; empty where the data is here.
   */
  file: string;
}
/**
 * To the server: find the strongest way back from a class on some probe images alone.
 */
export interface PathOrder {
  /**
   * Units of all shown columns; none: the layer groups.
   */
  columns?: string[];
  /**
   * Index of the class.
   */
  label: number;
  choice: ImageChoice1;
}
/**
 * Which images.
 */
export interface ImageChoice1 {
  /**
   * Class that they are of.
   */
  label?: number | null;
  /**
   * Class that they were answered with.
   */
  answered?: number | null;
  /**
   * Whether only those that were answered wrongly.
   */
  wrong?: boolean;
  /**
   * Id of a neuron: those that excite it most.
   */
  neuron?: string | null;
  /**
   * Chosen one by one.
   */
  samples?: number[] | null;
  /**
   * Id of a saved group.
   */
  group?: string | null;
}
/**
 * A way that was found on some probe images alone; the server keeps it until it ends.
 */
export interface PathResult {
  type: "path";
  /**
   * Number of the way on the server.
   */
  number: number;
  images: number;
  /**
   * From the worker to the server alone.
   */
  given: number[];
  /**
   * From the worker to the server alone.
   */
  data: string;
}
/**
 * The strongest way from a class or a cluster backwards to the first column.
 */
export interface PathScene {
  version: number;
  /**
   * What it leads to, in words.
   */
  start: string;
  mode: "contribution" | "weights";
  /**
   * Probe images that contributions are means over; None: weights.
   */
  images: number | null;
  /**
   * Whether it was found on chosen images alone.
   */
  own: boolean;
  /**
   * From the start backwards.
   */
  stops: PathStop[];
}
/**
 * One cluster on the strongest way.
 */
export interface PathStop {
  column: number;
  layer: string;
  cluster: string;
  /**
   * Of all that excites the stop after it, what comes from this cluster.
   */
  share: number;
  /**
   * Of the same, what comes from all clusters of its column.
   */
  column_share: number;
  /**
   * Of all that leads to the start, on any way, what passes here.
   */
  passing: number;
  /**
   * The next strongest clusters, at most four.
   */
  alternatives: StopChoice[];
}
/**
 * Another cluster that the way might have gone to, in the same column or in another.
 */
export interface StopChoice {
  layer: string;
  cluster: string;
  /**
   * As that of the stop itself.
   */
  share: number;
}
/**
 * Curves that belong into one plot, such as the loss on training and validation images.
 */
export interface PlotFacts {
  id: string;
  title: string;
  /**
   * What it is, in a sentence; empty for a metric of the user's.
   */
  definition: string;
  curves: CurveFacts[];
  /**
   * Whether all values lie between 0 and 1.
   */
  share: boolean;
  /**
   * Drawn as a thin line where it lies in or near the plot.
   */
  level: Level | null;
}
/**
 * What the server answers when it cannot give what was asked.
 */
export interface Problem {
  error: string;
  remedy: string;
}
/**
 * A layer of neurons whose quantities were recorded: a column of the table, in network order.
 */
export interface RecordedLayer {
  id: string;
  title: string;
  /**
   * 0 where it is not known.
   */
  neurons: number;
}
/**
 * A layer grouped anew, beside the layer as it is; nothing is kept.
 */
export interface Regrouping {
  /**
   * The edits that it builds on.
   */
  revision: number;
  before: LayerScene;
  after: LayerScene;
  /**
   * By the order of the clusters before, then after.
   */
  flows: Flow[];
  /**
   * Neurons that end in a cluster of another id.
   */
  moved: number;
  /**
   * Adjusted Rand index of the two: 1 the same, about 0 unrelated.
   */
  agreement: number;
}
/**
 * What a report holds, and what it leaves out.
 */
export interface Report {
  version: number;
  run: RunEntry;
  packs: Pack[];
  /**
   * Sentences; empty when nothing is left out.
   */
  left_out: string[];
}
/**
 * One line of the list of runs; `error` when its folder cannot be opened.
 */
export interface RunEntry {
  id: string;
  name: string;
  detail: string;
  created: string;
  error: string;
  /**
   * Whether the server only shows it: edits are refused.
   */
  read_only: boolean;
}
/**
 * What the head of the page says about the run.
 */
export interface RunFacts {
  id: string;
  name: string;
  model: string;
  data: string;
  created: string;
  images_seen: number;
  images_total: number | null;
  complete: boolean;
  labelled: boolean;
  /**
   * Without labels: whether an image counts for the class that the network predicts.
   */
  by_prediction: boolean;
  accuracy: number | null;
  parameters: number;
  /**
   * Neurons after a non-linearity, the classifier left out.
   */
  neurons: number;
  /**
   * Layers of such neurons.
   */
  layers: number;
  step: number;
  warnings: string[];
  /**
   * Whether a training was recorded: there are curves to draw.
   */
  recorded: boolean;
}
/**
 * The frame of the picture: columns, classes and layers; the clusters of a layer come one layer at a time.
 */
export interface Scene {
  version: number;
  run: RunFacts;
  classes: ClassFacts[];
  /**
   * Class indices in the order used everywhere.
   */
  class_order: number[];
  /**
   * They cover class_order; empty when all classes can be shown side by side.
   */
  class_groups: ClassGroupFacts[];
  groups: GroupFacts[];
  /**
   * Group indices (source, target), skips included.
   */
  flow: [number, number][];
  layers: LayerFacts[];
  /**
   * Some images, of differing classes.
   */
  examples: Example[];
  /**
   * What to look at first, the most telling first.
   */
  telling: TellingFact[];
  /**
   * Whether the run holds connections between columns.
   */
  connected: boolean;
}
/**
 * Something about the run that is worth looking at first, in plain words.
 */
export interface TellingFact {
  text: string;
  /**
   * Id of the layer that it is about, and that a click selects.
   */
  layer: string | null;
  /**
   * Index of the class that it is about.
   */
  label: number | null;
  /**
   * Index of the class that images of `label` are taken for.
   */
  answer: number | null;
  /**
   * Neuron of the layer that it is about.
   */
  neuron: number | null;
}
/**
 * To the server: undo or redo, decided on while looking at this revision.
 */
export interface StepRequest {
  revision: number;
}
/**
 * What was measured last, up to a step.
 */
export interface StepScene {
  step: number;
  layers: LayerValues[];
}
/**
 * A column of a table.
 */
export interface TableColumn {
  name: string;
  kind: "number" | "text" | "truth" | "whole";
  /**
   * What stands in it, in words.
   */
  about: string;
}
/**
 * Some rows of a table, one after the other.
 */
export interface TablePage {
  table:
    | "activations"
    | "classes"
    | "clusters"
    | "confusion"
    | "connections"
    | "contributions"
    | "edits"
    | "findings"
    | "image-groups"
    | "layers"
    | "neurons"
    | "probe"
    | "profiles"
    | "series";
  columns: TableColumn[];
  rows: (string | number | boolean | null)[][];
  /**
   * Rows of the table before these.
   */
  offset: number;
  /**
   * Whether rows follow.
   */
  more: boolean;
}
/**
 * Something that happened, in words.
 */
export interface TrainingEvent {
  step: number;
  name:
    | "alarm"
    | "finished"
    | "interrupted"
    | "loss"
    | "mode"
    | "nonfinite"
    | "overflow"
    | "parameters"
    | "resumed"
    | "snapshot"
    | "warning";
  layer: string;
  message: string;
}
/**
 * What there is to draw of a recorded training.
 */
export interface TrainingScene {
  version: number;
  /**
   * Changes when the training is recorded anew.
   */
  recording: string;
  /**
   * Where the numbers come from.
   */
  origin: "checkpoints" | "recorder" | "tensorboard";
  /**
   * Which images the layers were measured on.
   */
  source: "probe" | "training";
  /**
   * First step that something is known of.
   */
  first: number;
  last: number;
  complete: boolean;
  /**
   * How the recording ended, in words; empty while it goes on.
   */
  ended: string;
  plots: PlotFacts[];
  rows: LayerRowFacts[];
  layers: RecordedLayer[];
  /**
   * Steps of the finished snapshots, ascending.
   */
  snapshots: number[];
  events: TrainingEvent[];
}
/**
 * What the page sees of the worker, for one run.
 */
export interface WorkerState {
  /**
   * Whether the server was told where the network's code is.
   */
  enabled: boolean;
  /**
   * The command that enables it; empty when it is.
   */
  how: string;
  /**
   * Whether it works, for this run or another: one thing at a time.
   */
  busy: boolean;
  /**
   * Number of this run's latest job; 0 before the first.
   */
  job: number;
  status: "cancelled" | "done" | "failed" | "idle" | "working";
  done: number;
  total: number;
  /**
   * Seconds that the job takes on, about; None: not known yet.
   */
  left: number | null;
  /**
   * Seconds of one pass of one image in the analysis; None: not known.
   */
  image_seconds: number | null;
  words: string;
  result: (CheckResult | AblateResult | ConnectResult | AnswerResult | PathResult) | null;
  error: string;
  remedy: string;
}
