/** The cell's output: the page in a frame of its own, and a line below it that says how it is and can be dragged. */
export interface Frame {
  readonly window: Window | null;
  show(html: string): void;
  say(words: string): void;
  resize(height: number): void;
}

export interface FrameOptions {
  title: string;
  /** Pixels, the line included. */
  height: number;
  /** The user has dragged it to another height. */
  onheight: (height: number) => void;
  signal: AbortSignal;
}

const LEAST = 280;
const HINT = "Click into the picture to zoom with the wheel. Drag the corner to make it higher.";

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  style: Partial<CSSStyleDeclaration>,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  Object.assign(made.style, style);
  return made;
}

export function makeFrame(el: HTMLElement, { title, height, onheight, signal }: FrameOptions): Frame {
  const box = element("div", {
    display: "grid",
    gridTemplateRows: "minmax(0, 1fr) 22px",
    boxSizing: "border-box",
    border: "1px solid color-mix(in srgb, currentColor 18%, transparent)",
    width: "100%",
    height: `${height}px`,
    minHeight: `${LEAST}px`,
    overflow: "hidden",
    resize: "vertical",
  });
  // Nothing of the page reaches the notebook, and nothing of the notebook the page: no style, no key, no cookie.
  const frame = element("iframe", { width: "100%", height: "100%", border: "0", display: "block" });
  frame.setAttribute("sandbox", "allow-scripts allow-downloads");
  frame.title = title;
  const { line, words } = makeLine(box);
  box.append(frame, line);
  el.append(box);
  follow(box, onheight, signal);
  signal.addEventListener("abort", () => box.remove(), { once: true });
  box.addEventListener("fullscreenchange", () => {
    // Behind the whole screen there is nothing that gives it a colour.
    const alone = document.fullscreenElement === box;
    box.style.background = alone ? "Canvas" : "";
    box.style.color = alone ? "CanvasText" : "";
  });
  return {
    get window() {
      return frame.contentWindow;
    },
    show: (html) => {
      frame.srcdoc = html;
    },
    say: (said) => {
      words.textContent = said || HINT;
      words.style.opacity = said ? "1" : "0.65";
    },
    resize: (pixels) => {
      box.style.height = `${pixels}px`;
    },
  };
}

function makeLine(box: HTMLElement): { line: HTMLElement; words: HTMLElement } {
  const line = element("div", {
    display: "flex",
    gap: "12px",
    alignItems: "center",
    padding: "0 22px 0 2px",
    font: "12px system-ui, sans-serif",
    whiteSpace: "nowrap",
    overflow: "hidden",
  });
  const words = element("span", {
    flex: "1",
    minWidth: "0",
    overflow: "hidden",
    textOverflow: "ellipsis",
    opacity: "0.65",
  });
  words.setAttribute("role", "status");
  words.textContent = HINT;
  line.append(words);
  if (document.fullscreenEnabled) {
    const button = element("button", {
      font: "inherit",
      color: "inherit",
      background: "none",
      border: "0",
      cursor: "pointer",
    });
    button.type = "button";
    button.textContent = "Full screen";
    button.addEventListener("click", () => void box.requestFullscreen());
    line.append(button);
  }
  return { line, words };
}

/** Tell of the height when it has settled. */
function follow(box: HTMLElement, onheight: (height: number) => void, signal: AbortSignal): void {
  let settling = 0;
  const observer = new ResizeObserver(() => {
    clearTimeout(settling);
    const height = Math.round(box.getBoundingClientRect().height);
    // Hidden outputs have no height, and the whole screen's is not the cell's.
    if (height < LEAST || document.fullscreenElement === box) return;
    settling = window.setTimeout(() => onheight(height), 300);
  });
  observer.observe(box);
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}

/** Where there is no page to show: the sentence alone. */
export function sayInstead(el: HTMLElement, words: string): void {
  const line = element("p", { font: "13px system-ui, sans-serif", margin: "8px 2px" });
  line.setAttribute("role", "alert");
  line.textContent = words;
  el.replaceChildren(line);
}
