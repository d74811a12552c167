import type { LayerClusters, LayerScene } from "../../../api/types.ts";
import { litIn, markedClasses } from "../../../layout/brush.ts";
import { type CardArea, cardArea, growthAt } from "../../../layout/card.ts";
import { columnTitle } from "../../../layout/columns.ts";
import { hiddenWords, keptWords, MODE_WORDS } from "../../../layout/connections/words.ts";
import { isLocked, notesIn, selectedCluster } from "../../../layout/edits/edited.ts";
import { facetOf, matrixOf } from "../../../layout/facets.ts";
import { colourWords, facetsShown, IMPORTANCE_WORDS, sizeWords } from "../../../layout/legend.ts";
import { columnsOfClasses, rowsOf } from "../../../layout/matrix/band.ts";
import { levelFor, type MatrixColumns } from "../../../layout/matrix/columns.ts";
import { normalisationFor } from "../../../layout/matrix/scale.ts";
import { packingOf } from "../../../layout/packing.ts";
import { largest } from "../../../layout/profile.ts";
import { SPACE } from "../../../layout/space.ts";
import type { PlacedColumn, Stage } from "../../../layout/stage.ts";
import { pinned, tilingAt } from "../../../layout/tiling.ts";
import { count, counted, percent } from "../../../layout/words.ts";
import { LETTER } from "../../../marks/drawMatrix.ts";
import { fontFamily, measureOf } from "../../../marks/measure.ts";
import { matrixSvg } from "../../../marks/svg/matrix.ts";
import { tilesSvg } from "../../../marks/svg/tiles.ts";
import { readyOf } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import type { ViewState } from "../../../state/viewState.ts";
import { faceOf } from "../cardFace.ts";
import { type CardMatrix, matrixAtRest } from "../cardMatrix.svelte.ts";
import { titlesOf } from "../cardTitles.ts";
import type { LinkBoard } from "../connections/links.svelte.ts";
import type { SavedCard, SavedClass } from "./cards.ts";
import type { SavedFoot } from "./foot.ts";
import { savedLinks } from "./links.ts";
import { exampleKey } from "./needs.ts";
import type { SavedImage, SavedNames, SavedPicture } from "./pictureSvg.ts";
import { cellsAddress, imageAddress, patchesOf } from "./rasters.ts";

/** What a picture is collected from: what its view knows. */
export interface SaveSource {
  readonly run: RunContext;
  readonly user: ViewState;
  readonly stage: Stage;
  readonly links: LinkBoard;
  readonly levels: readonly MatrixColumns[];
  /** Classes with images, in the scene's order. */
  readonly order: readonly number[];
  /** What users wrote and locked in a layer. */
  stateOf(layer: string): LayerClusters | null;
}

/** A column of clusters that has come. */
interface Shown {
  placed: PlacedColumn;
  scene: LayerScene;
}

/** A card while it is collected. */
interface Place {
  at: Shown;
  cluster: LayerScene["clusters"][number];
  card: PlacedColumn["cards"][number];
  parts: CardArea;
  chosen: number | null;
}

function shownColumns({ run, stage, links }: SaveSource): Shown[] {
  return stage.columns.flatMap((placed) => {
    const { kind, layer } = placed.column;
    const scene = kind === "clusters" && layer !== null ? readyOf(run.layers.get(layer)) : null;
    return scene ? [{ placed, scene: links.arranged(scene) }] : [];
  });
}

function tilesOf({ run, user }: SaveSource, { at, cluster, card, parts, chosen }: Place): SavedCard["draw"] {
  const packing = packingOf(cluster, user.importance);
  const { tiles, more } = pinned(
    tilingAt(card.tiling, packing, parts, { zoom: 1, growth: growthAt(at.placed, 1) }),
    packing,
    chosen,
  );
  const atlas = at.scene.atlas === null ? null : readyOf(run.atlases.get(at.scene.atlas));
  const lit = litIn(user.brush, at.scene.layer);
  const { theme } = run;
  return () => tilesSvg({ tiles, more, theme, selected: chosen, lit, patch: patchesOf(atlas) });
}

function matrixOfCard(
  { run, user }: SaveSource,
  { at, cluster, chosen }: Place,
  matrix: CardMatrix,
): SavedCard["draw"] {
  const { image, frame, columns, facts } = matrix;
  const row = chosen === null ? -1 : cluster.neurons.indexOf(chosen);
  const parts = {
    frame,
    columns: columns.columns,
    rowTitle: (index: number) => String(cluster.neurons[index]),
    marks: {
      rows: rowsOf(cluster.neurons, litIn(user.brush, at.scene.layer)),
      columns: columnsOfClasses(columns.columns, markedClasses(run.scene, user)),
      chosen: row < 0 ? null : row,
      cursor: null,
    },
    theme: run.theme,
    dead: cluster.never_active ? [[0, cluster.neurons.length] as const] : [],
    shareAt: facts.facet === "contributions" ? (r: number, c: number) => image.shareAt(r, c) : null,
    measure: measureOf(LETTER),
  };
  return function* () {
    yield;
    return matrixSvg({ ...parts, cells: cellsAddress(image, frame.cell) });
  };
}

function cardsOf(source: SaveSource, at: Shown): SavedCard[] {
  const { run, user, links, order } = source;
  const { placed, scene } = at;
  const { layer, clusters } = scene;
  const state = source.stateOf(layer);
  const most = largest(clusters.map((cluster) => cluster.profile));
  const titles = titlesOf(clusters, placed.cards, { width: placed.width, zoom: 1, state });
  const selection = user.selection?.layer === layer ? user.selection : null;
  return clusters.flatMap((cluster, index): SavedCard[] => {
    const card = placed.cards[index];
    if (!card) return [];
    const { x, width } = placed;
    const parts = cardArea(card, width, 1);
    const selected = selection !== null && selectedCluster(selection, scene) === cluster.id;
    const facet = facetOf(user, { layer, cluster: cluster.id });
    const title = titles[index] ?? "";
    const headed = { cluster, parts, width, state };
    const face = faceOf({ scene, cluster, facet, headed, title, order, most });
    const matrix = matrixAtRest(source, { scene, cluster, facet, size: parts });
    const place = { at, cluster, card, parts, chosen: selected ? (selection?.neuron ?? null) : null };
    return [
      {
        ...{ layer, card, x, width, parts, title, selected },
        neurons: cluster.neurons.length,
        note: face.seenNote,
        bars: face.bars,
        marked: markedClasses(run.scene, user),
        locked: isLocked(state, cluster.id),
        noted: notesIn(state, cluster).length > 0,
        opacity: links.opacity(layer, cluster.id),
        draw: matrix ? matrixOfCard(source, place, matrix) : tilesOf(source, place),
      },
    ];
  });
}

function namesOf({ user, levels }: SaveSource, { placed, scene }: Shown): SavedNames[] {
  const { layer, clusters } = scene;
  if (!clusters.some(({ id }) => matrixOf(scene, facetOf(user, { layer, cluster: id })) !== null)) return [];
  const width = placed.width - 2 * SPACE.card.side;
  const { columns } = levelFor(levels, width);
  const place = { x: placed.x + SPACE.card.side, y: placed.y + placed.height + 4, width };
  return [{ columns, ...place, lit: columnsOfClasses(columns, user.brush.classes) }];
}

function classesOf({ run, user, stage, links }: SaveSource): SavedClass[] {
  const placed = stage.columns.find(({ column }) => column.kind === "classes");
  const layer = placed?.column.layer;
  if (!placed || !layer) return [];
  const chosen = user.selection?.layer === layer ? user.selection.neuron : null;
  return run.scene.class_order.flatMap((index, place): SavedClass[] => {
    const [card, facts] = [placed.cards[place], run.scene.classes[index]];
    if (!card || !facts) return [];
    const selected = chosen === index;
    const marked = user.brush.classes.includes(index);
    return [
      { facts, card, x: placed.x, width: placed.width, selected, marked, opacity: links.opacityOfClass(layer, index) },
    ];
  });
}

function imagesOf({ run, stage }: SaveSource): SavedImage[] {
  const placed = stage.columns.find(({ column }) => column.kind === "input");
  return run.scene.examples.flatMap((example, index): SavedImage[] => {
    const card = placed?.cards[index];
    if (!placed || !card) return [];
    const name = example.label === null ? "" : (run.scene.classes[example.label]?.name ?? "");
    const href = imageAddress(readyOf(run.pictures.get(exampleKey(example))), card.height);
    return [{ x: placed.x, y: card.y, side: card.height, size: [example.size[0], example.size[1]], name, href }];
  });
}

/** What connections mean, and how many are drawn of how many. */
function curvesOf({ scene, counts, total, picture }: SaveSource["links"]): SavedFoot["curves"] {
  if (!scene || !counts) return total === null ? null : { drawn: false, words: hiddenWords(total) };
  const words = `${MODE_WORDS[scene.mode].name}: ${keptWords(counts)}`;
  return { drawn: picture.strands.length > 0, words };
}

function savedFoot({ run, user, links, order }: SaveSource, shown: readonly Shown[]): SavedFoot {
  const { name, data, images_seen: images, accuracy } = run.scene.run;
  const normalisation = normalisationFor(user.normalisation, order.length);
  const facets = facetsShown(
    shown.map(({ scene }) => scene),
    user,
  );
  const scales = (["activations", "contributions"] as const).flatMap((facet) => {
    const scene = facets.get(facet);
    const facts = scene ? matrixOf(scene, facet) : null;
    if (!scene || !facts) return [];
    const words = colourWords(facts, normalisation);
    const where = words.range === null ? "" : ` in ${columnTitle(run.scene, scene.layer)}`;
    return [{ ...words, unit: `${words.unit}${where}` }];
  });
  const tiled = facets.get("features");
  const sizes = tiled ? sizeWords(tiled, user.importance) : null;
  const what = sizes && `${IMPORTANCE_WORDS[user.importance].name} in ${columnTitle(run.scene, sizes.layer)}`;
  const right = accuracy === null ? [] : [`${percent(accuracy, 2)} right`];
  const facts = [name, data, counted(images, "image"), ...right].join(" · ");
  return { facts, curves: curvesOf(links), scales, sizes: sizes && { ...sizes, what: what ?? "" } };
}

/**
 * Everything that the picture shows, at zoom 1; what has not come is left out. All is decided here, at one moment; what
 * remains to be drawn reads nothing that may change meanwhile.
 */
export function savedPicture(source: SaveSource): SavedPicture {
  const { run, stage } = source;
  const shown = shownColumns(source);
  const cards = shown.flatMap((one) => cardsOf(source, one));
  return {
    title: `${run.scene.run.name}: ${counted(stage.columns.length, "column")}, ${counted(cards.length, "cluster")}, ${count(run.scene.run.neurons)} neurons`,
    font: fontFamily(),
    stage,
    images: imagesOf(source),
    cards,
    classes: classesOf(source),
    names: shown.flatMap((one) => namesOf(source, one)),
    links: savedLinks(source),
    foot: savedFoot(source, shown),
  };
}
