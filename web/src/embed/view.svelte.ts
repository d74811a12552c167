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
    // One by one, so that what reads only the context is not looked at with every change of the state.
    #context = $state.raw() as RunContext;
    #state = $state.raw() as ViewState;
    #onState: EmbedProps["onState"];
    readonly #mounted: Record<string, unknown>;

    constructor(element: HTMLElement, props: EmbedProps) {
      [this.#context, this.#state, this.#onState] = [props.context, props.state, props.onState];
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
        onState: (change: Partial<ViewState>) => this.#onState?.(change),
      };
      this.#mounted = mount(ViewFrame, { target: element, props: live });
    }

    update(change: Partial<EmbedProps>): void {
      if (change.context) this.#context = change.context;
      if (change.state) this.#state = change.state;
      if (change.onState) this.#onState = change.onState;
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
