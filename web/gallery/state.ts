import type { EmbeddedView, EmbedProps } from "../src/embed/view.svelte.ts";
import type { RunContext } from "../src/state/context.ts";
import { START, type ViewState } from "../src/state/viewState.ts";
import type { Theme } from "../src/theme/theme.ts";

/** One state of one view: an example, a page to develop it on, and a picture to compare. */
export interface GalleryState {
  title: string;
  view: new (element: HTMLElement, props: EmbedProps) => EmbeddedView;
  size: [number, number];
  context: (theme: Theme) => RunContext;
  state?: Partial<ViewState>;
}

/** Put a state into an element; what the user does there works as in the page. */
export function show(element: HTMLElement, gallery: GalleryState, theme: Theme): EmbeddedView {
  let state: ViewState = { ...START, ...gallery.state };
  const view = new gallery.view(element, {
    context: gallery.context(theme),
    state,
    onState: (change) => {
      state = { ...state, ...change };
      view.update({ state });
    },
  });
  return view;
}
