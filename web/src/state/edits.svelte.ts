import type { EditSource } from "../api/edits.ts";
import { ServerProblem } from "../api/request.ts";
import type { CarryReport, EditConflict, EditsScene, HistoryPage, Regroup, Regrouping } from "../api/types.ts";
import { type Async, failed, PENDING, ready, readyOf, type Trouble, troubleOf } from "./async.ts";
import { changedLayers, type Edit, type Edits, historyRange, type Refusal } from "./editing.ts";
import { FullShelf, LoadingShelf, type Shelf } from "./shelf.svelte.ts";

export interface EditOptions {
  /** Told which layers look different now. */
  onchange?: (layers: readonly string[]) => void;
  /** Told that the image groups have changed. */
  ongroups?: () => void;
  /** Resolves when somebody looks: a page in the background waits for nothing. */
  seen?: () => Promise<void>;
  /** Milliseconds before asking again a source that does not answer; doubled each time, up to `PATIENCE`. */
  pause?: number;
}

const PAUSE = 400;
const PATIENCE = 5000;

interface Wish {
  edit: Edit | null;
  send: (revision: number) => Promise<EditsScene>;
}

/** The edits of one run: asked for one after the other, and read again whenever somebody else made one. */
export class RunEdits implements Edits {
  readonly history: Shelf<HistoryPage>;
  readonly previews: Shelf<Regrouping>;
  scene = $state.raw<Async<EditsScene>>(PENDING);
  refused = $state.raw<Refusal | null>(null);
  lost = $state(false);
  #waiting = $state(0);
  readonly #source: EditSource;
  readonly #signal: AbortSignal;
  readonly #options: Required<EditOptions>;
  /** What is being done; what is asked for next waits for it. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Steps through the history that were asked for and not sent yet: a held key is one jump. */
  #steps = 0;
  #wish: Wish | null = null;

  constructor(source: EditSource, signal: AbortSignal, options: EditOptions = {}) {
    this.#source = source;
    this.#signal = signal;
    this.#options = { onchange: () => {}, ongroups: () => {}, seen: () => Promise.resolve(), pause: PAUSE, ...options };
    this.history = new LoadingShelf(signal, { load: (key, s) => source.history(historyRange(key), s), keep: 20 });
    this.previews = new LoadingShelf(signal, {
      load: (key, s) => source.preview({ type: "regroup", ...JSON.parse(key) } as Regroup, s),
      limit: 2,
      keep: 8,
    });
    void this.#listen();
  }

  get closed(): string {
    return readyOf(this.scene)?.closed ?? "";
  }

  get busy(): boolean {
    return this.#waiting > 0;
  }

  get revision(): number {
    return readyOf(this.scene)?.revision ?? 0;
  }

  make(edit: Edit, since?: number): Promise<boolean> {
    return this.#write({
      edit,
      send: (revision) => this.#source.make({ revision: since ?? revision, edit }, this.#signal),
    });
  }

  undo(): Promise<boolean> {
    return this.#step(-1);
  }

  redo(): Promise<boolean> {
    return this.#step(1);
  }

  jump(done: number): Promise<boolean> {
    return this.#write({ edit: null, send: (revision) => this.#source.jump({ revision, done }, this.#signal) });
  }

  async again(): Promise<boolean> {
    const wish = this.#wish;
    const edit = wish?.edit;
    if (!wish) return false;
    // Decided on anew, now that what there is can be seen.
    return edit ? this.make(edit) : this.#write(wish);
  }

  dismiss(): void {
    this.refused = null;
    this.#wish = null;
  }

  exported(): Promise<string | null> {
    return this.#attempt(() => this.#source.exported(this.#signal));
  }

  take(file: string): Promise<CarryReport | null> {
    return this.#attempt(async () => {
      const report = await this.#source.take(file, this.#signal);
      this.#take(report.edits);
      return report;
    });
  }

  async #step(by: number): Promise<boolean> {
    const before = this.#steps;
    this.#steps += by;
    if (before !== 0) return true;
    return this.#write({ edit: null, send: (revision) => this.#walk(revision) });
  }

  /** Send all steps that were asked for until now as one. */
  async #walk(revision: number): Promise<EditsScene> {
    const now = readyOf(this.scene) ?? (await this.#source.now(this.#signal));
    const to = Math.max(0, Math.min(now.done + now.undone, now.done + this.#steps));
    const by = to - now.done;
    this.#steps = 0;
    if (by === 0) return now;
    if (by === -1) return this.#source.undo({ revision }, this.#signal);
    if (by === 1) return this.#source.redo({ revision }, this.#signal);
    return this.#source.jump({ revision, done: to }, this.#signal);
  }

  async #write(wish: Wish): Promise<boolean> {
    const made = await this.#attempt(async () => {
      this.#take(await wish.send(this.revision));
      return true;
    }, wish);
    return made !== null;
  }

  /** Do something after all that was asked for before; null, and the reason in `refused`, where it fails. */
  async #attempt<T>(work: () => Promise<T>, wish: Wish | null = null): Promise<T | null> {
    this.#waiting++;
    try {
      const done = await this.#inTurn(work);
      this.dismiss();
      return done;
    } catch (error) {
      if (!this.#signal.aborted) this.#refuse(error, wish);
      return null;
    } finally {
      this.#waiting--;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => {});
    return turn;
  }

  #refuse(error: unknown, wish: Wish | null): void {
    this.#steps = 0;
    const conflict = error instanceof ServerProblem && error.status === 409;
    // What there is now has come with the refusal: it is shown at once.
    if (conflict && isConflict(error.body)) this.#take(error.body.edits);
    this.refused = { trouble: troubleOf(error), edit: wish?.edit ?? null, conflict };
    this.#wish = wish;
  }

  #take(now: EditsScene): void {
    if (this.#signal.aborted) return;
    const before = readyOf(this.scene);
    this.scene = ready(now);
    if (!before || before.revision === now.revision) return;
    const changed = changedLayers(before.layers, now.layers);
    this.history.renew(() => true);
    this.previews.renew((key) => changed.includes((JSON.parse(key) as Regroup).layer));
    if (changed.length > 0) this.#options.onchange(changed);
    if (JSON.stringify(before.groups) !== JSON.stringify(now.groups)) this.#options.ongroups();
  }

  async #listen(): Promise<void> {
    let pause = this.#options.pause;
    while (!this.#signal.aborted) {
      try {
        await this.#options.seen();
        await this.#hear();
        this.lost = false;
        pause = this.#options.pause;
      } catch (error) {
        if (this.#signal.aborted) return;
        this.lost = true;
        if (this.scene.status !== "ready") this.scene = failed(error);
        await new Promise((done) => setTimeout(done, pause));
        pause = Math.min(2 * pause, PATIENCE);
      }
    }
  }

  /** Wait for the next edit of anybody, and read it; the first time, read what there is. */
  async #hear(): Promise<void> {
    if (this.scene.status === "ready") {
      const newest = await this.#source.next(this.revision, this.#signal);
      // The page's own edits are known as soon as they are answered.
      await this.#tail;
      if (newest === this.revision) return;
    }
    await this.#inTurn(async () => this.#take(await this.#source.now(this.#signal)));
  }
}

function isConflict(body: unknown): body is EditConflict {
  return typeof body === "object" && body !== null && "edits" in body;
}

const NOTHING = { version: 1, revision: 0, undo: "", redo: "", done: 0, undone: 0, layers: [], groups: [], notice: "" };

/**
 * Clusters that can be looked at only: in a report, and wherever nobody keeps edits.
 * @param closed Why, as a sentence.
 * @param edited Asks for the edits as they are; where they cannot be had there are none to see.
 */
export function closedEdits(closed: string, edited?: () => Promise<EditsScene>): Edits {
  const trouble: Trouble = { message: closed, remedy: "" };
  const never = new FullShelf<never>(() => ({ status: "error", trouble }));
  const no = async (): Promise<boolean> => false;
  const none = async (): Promise<null> => null;
  let scene = $state.raw<Async<EditsScene>>(ready({ ...NOTHING, closed }));
  edited?.().then(
    (now) => (scene = ready({ ...now, closed })),
    () => {},
  );
  return {
    closed,
    get scene() {
      return scene;
    },
    busy: false,
    lost: false,
    refused: null,
    history: never,
    previews: never,
    revision: 0,
    make: no,
    undo: no,
    redo: no,
    jump: no,
    again: no,
    dismiss: () => {},
    exported: none,
    take: none,
  };
}
