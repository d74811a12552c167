import { onDestroy } from "svelte";
import { pngOf } from "../../../marks/drawSvg.ts";
import { measureOf } from "../../../marks/measure.ts";
import { inSlices } from "../../../marks/sliced.ts";
import type { Followed } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import type { MakePicture, PictureKind } from "../../../state/saving.svelte.ts";
import { type SaveSource, savedPicture } from "./collect.ts";
import { needsOf, SHELVES, settled } from "./needs.ts";
import type { Paper } from "./paper.ts";
import { pictureSvg, type SavedPicture } from "./pictureSvg.ts";

/** Pixels of a saved image per unit of the picture. */
const RATIO = 2;
/** Of the work for an image, the share that goes into its document. */
const DOCUMENT = 0.5;
const OWNER = "saved picture";

/** What is to be drawn, and in which colours and letters. */
interface Collected {
  picture: SavedPicture;
  paper: Paper;
}

interface Job {
  /** Whether it has what it needs; until it is drawn none of that may go. */
  collected: boolean;
  done: (collected: Collected) => void;
  fail: (error: unknown) => void;
}

/** The picture's source, whose stage may still be on its way to the one planned. */
export interface SaverSource extends SaveSource {
  /** Whether cards are where they are to stay. */
  readonly still: boolean;
}

async function drawn({ picture, paper }: Collected, kind: PictureKind, { signal, progress }: Followed): Promise<Blob> {
  const document = kind === "png" ? DOCUMENT : 1;
  const drawing = await inSlices(pictureSvg(picture, paper), {
    signal,
    progress: (share) => progress(document * share),
  });
  if (kind === "svg") return new Blob([drawing.svg()], { type: "image/svg+xml" });
  return pngOf(drawing.sheets(), drawing, RATIO, {
    signal,
    progress: (share) => progress(document + (1 - document) * share),
  });
}

/**
 * Offer to save the whole picture: what of it was never on the screen is loaded first.
 *
 * Call while the picture is set up; ends with it.
 */
export function pictureSaver(source: SaverSource): void {
  let job = $state.raw<Job | null>(null);
  const needs = $derived(job ? needsOf(source) : null);
  const { links } = source;
  const linked = $derived(links.asked === null || links.asked.status !== "pending");
  const there = $derived(needs !== null && linked && source.still && settled(source.run, needs));
  // One string each, so that what comes asks for nothing anew unless it is more.
  for (const shelf of SHELVES) {
    const keys = $derived((needs?.[shelf] ?? []).join("\n"));
    $effect(() => source.run[shelf].want(OWNER, keys === "" ? [] : keys.split("\n")));
  }
  $effect(() => {
    const waiting = job;
    if (!there || waiting === null || waiting.collected) return;
    // After this change has reached the screen: what it moves is then where it belongs.
    const frame = requestAnimationFrame(() => {
      try {
        const measure: Paper["measure"] = (size, weight) => measureOf(size, weight);
        waiting.done({ picture: savedPicture(source), paper: { theme: source.run.theme, measure } });
        job = { ...waiting, collected: true };
      } catch (error) {
        waiting.fail(error);
      }
    });
    return () => cancelAnimationFrame(frame);
  });
  const collected = (signal: AbortSignal): Promise<Collected> =>
    new Promise((done, fail) => {
      signal.addEventListener("abort", () => fail(signal.reason), { once: true });
      job = { collected: false, done, fail };
    });
  /** What is drawn may go with the picture. */
  const closed = new AbortController();
  const make: MakePicture = async (kind, { signal, progress }) => {
    if (job) throw new Error("it is being saved already");
    const either = AbortSignal.any([signal, closed.signal]);
    try {
      return await drawn(await collected(either), kind, { signal: either, progress });
    } finally {
      job = null;
    }
  };
  // When the picture goes, its source may be gone already.
  let asked: RunContext | null = null;
  $effect(() => {
    asked = source.run;
    return asked.saving.offer(make);
  });
  onDestroy(() => {
    if (asked) for (const shelf of SHELVES) asked[shelf].want(OWNER, []);
    closed.abort(new Error("the picture was closed"));
  });
}
