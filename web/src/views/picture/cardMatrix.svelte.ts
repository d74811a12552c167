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

/** The matrix of one card as the user wants it; null for learned features and until its values have come. */
export function cardMatrix(board: Board, source: CardMatrixSource): { readonly value: CardMatrix | null } {
  const facts = $derived(matrixOf(source.scene(), source.facet()));
  const values = $derived(facts ? readyOf(board.run.matrices.get(facts.address)) : null);
  const own = $derived.by((): number[] | null => {
    const place = { layer: source.scene().layer, cluster: source.cluster().id };
    if (!facts || !isOrdered(board.user, place)) return null;
    return readyOf(board.run.orders.get(orderKey({ ...place, facet: facts.facet })));
  });
  const columns = $derived(
    own === null ? levelFor(board.levels, source.size().width * board.zoom) : orderedColumns(board.run.scene, own),
  );
  const image = $derived(
    facts && values
      ? makeMatrixImage({
          matrix: { classes: board.run.scene.classes.length, values },
          facts,
          rows: source.cluster().neurons,
          columns: columns.columns,
          normalisation: normalisationFor(board.user.normalisation, board.order.length),
          theme: board.run.theme,
        })
      : null,
  );
  const value = $derived.by((): CardMatrix | null => {
    if (!facts || !image) return null;
    const { width, height } = source.size();
    const box = { width: width * board.zoom, height: height * board.zoom };
    const rows = source.cluster().neurons.length;
    // Cells of all cards stand below one another, so that the names below are theirs: a card with its own order has its own.
    const bare = own === null && namedBelow(board.zoom);
    const frame = bare ? bareFrame(box, rows, columns.columns.length) : frameIn(box, rows, columns.columns);
    return { image, facts, columns, frame };
  });
  return {
    get value() {
      return value;
    },
  };
}
