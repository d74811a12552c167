import { mount, unmount } from "svelte";
import type { RunContext } from "../state/context.ts";
import type { ViewState } from "../state/viewState.ts";
import { VIEWS, type ViewType } from "../views/registry.ts";
import ViewFrame from "./ViewFrame.svelte";

/** What a page gives a view that it shows. */
export interface EmbedProps {
  context: RunContext;
  state: ViewState;
  onState?: (change: Partial<ViewState>) => void;
}

/** A view in any element of any page: made, changed and taken away by three calls. */
export interface EmbeddedView {
  update(change: Partial<EmbedProps>): void;
  destroy(): void;
}

function typeOf(name: string): ViewType {
  const found = VIEWS.find((view) => view.type === name);
  if (!found) throw new Error(`unknown view: ${name}; there are ${VIEWS.map((view) => view.type).join(", ")}`);
  return found;
}

function facade(name: string): new (element: HTMLElement, props: EmbedProps) => EmbeddedView {
  const view = typeOf(name);
  return class implements EmbeddedView {
    #props = $state.raw() as EmbedProps;
    // One by one, so that what reads only the context is not computed anew with every change of the state.
    readonly #context = $derived(this.#props.context);
    readonly #state = $derived(this.#props.state);
    readonly #mounted: Record<string, unknown>;

    constructor(element: HTMLElement, props: EmbedProps) {
      this.#props = props;
      const [context, state] = [() => this.#context, () => this.#state];
      // Getters, so that a change reaches exactly what reads it.
      const live = {
        view,
        get context() {
          return context();
        },
        get state() {
          return state();
        },
        onState: (change: Partial<ViewState>) => this.#props.onState?.(change),
      };
      this.#mounted = mount(ViewFrame, { target: element, props: live });
    }

    update(change: Partial<EmbedProps>): void {
      this.#props = { ...this.#props, ...change };
    }

    destroy(): void {
      void unmount(this.#mounted);
    }
  };
}

export const PictureView = facade("picture");
export const DetailsView = facade("details");
export const MatrixView = facade("matrix");
export const GraphView = facade("graph");
export const RegroupView = facade("regroup");
export const HistoryView = facade("history");
export const LayersView = facade("layers");
export const CurvesView = facade("curves");
export const TrainingView = facade("training");
