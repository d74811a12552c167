import type { ClusterScene, LayerScene, MatrixFacts } from "../../api/types.ts";
import { isOrdered, matrixOf } from "../../layout/facets.ts";
import { levelFor, type MatrixColumns, orderedColumns } from "../../layout/matrix/columns.ts";
import { bareFrame, type Frame, frameIn } from "../../layout/matrix/frame.ts";
import { namedBelow } from "../../layout/matrix/names.ts";
import { normalisationFor } from "../../layout/matrix/scale.ts";
import { makeMatrixImage } from "../../marks/makeMatrixImage.ts";
import type { MatrixImage } from "../../marks/matrixImage.ts";
import { readyOf } from "../../state/async.ts";
import { orderKey } from "../../state/context.ts";
import type { Facet } from "../../state/viewState.ts";
import type { Board } from "./board.ts";

/** A cluster's matrix, ready to draw. */
export interface CardMatrix {
  image: MatrixImage;
  frame: Frame;
  columns: MatrixColumns;
  facts: MatrixFacts;
}

export interface CardMatrixSource {
  scene: () => LayerScene;
  cluster: () => ClusterScene;
  facet: () => Facet;
  /** Room for it, in world units. */
  size: () => { width: number; height: number };
}

type MatrixBoard = Pick<Board, "run" | "user" | "levels" | "order">;
interface Place {
  scene: LayerScene;
  cluster: ClusterScene;
}

/** The class order of its own that a cluster's matrix has; null without one, and until it has come. */
function ownOrder(board: MatrixBoard, facts: MatrixFacts | null, { scene, cluster }: Place): number[] | null {
  const place = { layer: scene.layer, cluster: cluster.id };
  if (!facts || !isOrdered(board.user, place)) return null;
  return readyOf(board.run.orders.get(orderKey({ ...place, facet: facts.facet })));
}

const columnsIn = (board: MatrixBoard, own: number[] | null, width: number): MatrixColumns =>
  own === null ? levelFor(board.levels, width) : orderedColumns(board.run.scene, own);

function imageOf(
  board: MatrixBoard,
  { facts, rows, columns }: { facts: MatrixFacts; rows: readonly number[]; columns: MatrixColumns },
): MatrixImage | null {
  const values = readyOf(board.run.matrices.get(facts.address));
  if (!values) return null;
  return makeMatrixImage({
    matrix: { classes: board.run.scene.classes.length, values },
    facts,
    rows,
    columns: columns.columns,
    normalisation: normalisationFor(board.user.normalisation, board.order.length),
    theme: board.run.theme,
  });
}

interface Framed {
  own: number[] | null;
  columns: MatrixColumns;
}

/** Cells of all cards stand below one another, so that the names below are theirs: a card with its own order has its own. */
function frameOf(size: { width: number; height: number }, zoom: number, rows: number, of: Framed): Frame {
  const box = { width: size.width * zoom, height: size.height * zoom };
  const bare = of.own === null && namedBelow(zoom);
  return bare ? bareFrame(box, rows, of.columns.columns.length) : frameIn(box, rows, of.columns.columns);
}

/** The matrix of one card as the user wants it; null for learned features and until its values have come. */
export function cardMatrix(board: Board, source: CardMatrixSource): { readonly value: CardMatrix | null } {
  const facts = $derived(matrixOf(source.scene(), source.facet()));
  const own = $derived(ownOrder(board, facts, { scene: source.scene(), cluster: source.cluster() }));
  const columns = $derived(columnsIn(board, own, source.size().width * board.zoom));
  const image = $derived(facts ? imageOf(board, { facts, rows: source.cluster().neurons, columns }) : null);
  const value = $derived.by((): CardMatrix | null => {
    if (!facts || !image) return null;
    const rows = source.cluster().neurons.length;
    return { image, facts, columns, frame: frameOf(source.size(), board.zoom, rows, { own, columns }) };
  });
  return {
    get value() {
      return value;
    },
  };
}

/** The same once, at zoom 1. */
export function matrixAtRest(
  board: MatrixBoard,
  { scene, cluster, facet, size }: Place & { facet: Facet; size: { width: number; height: number } },
): CardMatrix | null {
  const facts = matrixOf(scene, facet);
  const own = ownOrder(board, facts, { scene, cluster });
  const columns = columnsIn(board, own, size.width);
  const image = facts && imageOf(board, { facts, rows: cluster.neurons, columns });
  const rows = cluster.neurons.length;
  return facts && image && { image, facts, columns, frame: frameOf(size, 1, rows, { own, columns }) };
}
