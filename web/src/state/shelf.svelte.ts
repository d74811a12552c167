import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { type Async, failed, PENDING, ready } from "./async.ts";

/** Values by key: reading never loads, wanting does. Views see only this. */
export interface Shelf<T> {
  get(key: string): Async<T>;
  /** Say which keys `owner` needs now, most urgent first; what it no longer needs and has not begun is dropped. */
  want(owner: string, keys: readonly string[]): void;
  retry(key: string): void;
  /**
   * These values (all, unless told which) have changed where they come from. What is shown stays until the new value is there, so nothing
   * flickers; what nobody wants now is forgotten.
   */
  renew(which?: (key: string) => boolean): void;
}

export interface ShelfOptions<T> {
  load: (key: string, signal: AbortSignal) => Promise<T>;
  /** Requests at one time. */
  limit?: number;
  /** Values kept beyond those wanted now; the longest unwanted go first. */
  keep?: number;
  dispose?: (value: T) => void;
}

/** A shelf that fills itself by requests, a few at a time. */
export class LoadingShelf<T> implements Shelf<T> {
  readonly #items = new SvelteMap<string, Async<T>>();
  /** Who waits for a value to be there. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #wants = new Map<string, readonly string[]>();
  readonly #running = new Set<string>();
  /** Keys whose value is out of date: loaded again when wanted. */
  readonly #stale = new Set<string>();
  /** Keys that changed while their value was on its way: it may be of before, so it is asked for once more. */
  readonly #overtaken = new Set<string>();
  readonly #signal: AbortSignal;
  readonly #options: Required<ShelfOptions<T>>;

  constructor(signal: AbortSignal, options: ShelfOptions<T>) {
    this.#signal = signal;
    this.#options = { limit: 4, keep: Number.POSITIVE_INFINITY, dispose: () => {}, ...options };
    signal.addEventListener("abort", () => this.#clear(), { once: true });
  }

  get(key: string): Async<T> {
    return this.#items.get(key) ?? PENDING;
  }

  want(owner: string, keys: readonly string[]): void {
    this.#wants.set(owner, keys);
    // Called from effects: what is loading must not make them run again.
    untrack(() => {
      this.#evict();
      this.#pump();
    });
  }

  retry(key: string): void {
    if (this.#items.get(key)?.status === "error") this.#items.delete(key);
    this.#pump();
  }

  renew(which: (key: string) => boolean = () => true): void {
    untrack(() => {
      for (const key of this.#running) if (which(key)) this.#overtaken.add(key);
      for (const key of this.#items.keys()) if (which(key)) this.#stale.add(key);
      const wanted = this.#wanted();
      for (const key of [...this.#stale]) if (!wanted.has(key)) this.#drop(key);
      this.#pump();
    });
  }

  /** Whether something is being loaded. */
  get busy(): boolean {
    return this.#running.size > 0;
  }

  /** Have a value there, whether anybody wants it or not; resolves when it is, or will not come. */
  ensure(key: string): Promise<void> {
    return untrack(() => {
      if (this.#fresh(key) || this.#signal.aborted) return Promise.resolve();
      return new Promise<void>((done) => {
        this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), done]);
        if (!this.#running.has(key)) this.#begin(key);
      });
    });
  }

  #fresh(key: string): boolean {
    return this.#items.has(key) && !this.#stale.has(key);
  }

  #next(): string | null {
    for (const keys of this.#wants.values()) {
      for (const key of keys) if (!this.#running.has(key) && !this.#fresh(key)) return key;
    }
    return null;
  }

  #wanted(): Set<string> {
    return new Set([...this.#wants.values()].flat());
  }

  #pump(): void {
    while (!this.#signal.aborted && this.#running.size < this.#options.limit) {
      const key = this.#next();
      if (key === null) return;
      this.#begin(key);
    }
  }

  #begin(key: string): void {
    this.#running.add(key);
    this.#stale.delete(key);
    void this.#load(key);
  }

  async #load(key: string): Promise<void> {
    let item: Async<T>;
    try {
      item = ready(await this.#options.load(key, this.#signal));
    } catch (error) {
      item = failed(error);
    }
    this.#running.delete(key);
    if (this.#signal.aborted) {
      if (item.status === "ready") this.#options.dispose(item.value);
      this.#settle(key);
      return;
    }
    const before = this.#items.get(key);
    this.#items.set(key, item);
    if (before?.status === "ready") this.#options.dispose(before.value);
    if (this.#overtaken.delete(key)) this.#stale.add(key);
    this.#evict();
    this.#settle(key);
    this.#pump();
  }

  #settle(key: string): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const done of waiting) done();
  }

  #evict(): void {
    const wanted = this.#wanted();
    const spare = [...this.#items.keys()].filter((key) => !wanted.has(key));
    for (const key of spare.slice(0, Math.max(0, spare.length - this.#options.keep))) this.#drop(key);
  }

  #drop(key: string): void {
    const item = this.#items.get(key);
    this.#items.delete(key);
    this.#stale.delete(key);
    if (item?.status === "ready") this.#options.dispose(item.value);
  }

  #clear(): void {
    for (const key of [...this.#items.keys()]) this.#drop(key);
    for (const key of [...this.#waiting.keys()]) this.#settle(key);
  }
}

/** A shelf that already holds everything: for the gallery, tests and pages without a server. */
export class FullShelf<T> implements Shelf<T> {
  readonly #find: (key: string) => Async<T>;
  #renewed = $state(0);

  constructor(find: (key: string) => Async<T>) {
    this.#find = find;
  }

  get(key: string): Async<T> {
    void this.#renewed;
    return this.#find(key);
  }

  want(): void {}

  retry(): void {}

  renew(): void {
    this.#renewed++;
  }
}
