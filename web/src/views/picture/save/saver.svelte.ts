import { onDestroy } from "svelte";
import { pngOf } from "../../../marks/drawSvg.ts";
import { measureOf } from "../../../marks/measure.ts";
import type { RunContext } from "../../../state/context.ts";
import type { MakePicture, PictureKind } from "../../../state/saving.svelte.ts";
import { type SaveSource, savedPicture } from "./collect.ts";
import { needsOf, SHELVES, settled } from "./needs.ts";
import { type Drawing, pictureSvg } from "./pictureSvg.ts";

/** Pixels of a saved image per unit of the picture. */
const RATIO = 2;
const OWNER = "saved picture";

interface Job {
  done: (drawing: Drawing) => void;
  fail: (error: unknown) => void;
}

/** The picture's source, whose stage may still be on its way to the one planned. */
export interface SaverSource extends SaveSource {
  /** Whether cards are where they are to stay. */
  readonly still: boolean;
}

const drawn = (source: SaveSource): Drawing =>
  pictureSvg(savedPicture(source), { theme: source.run.theme, measure: (size, weight) => measureOf(size, weight) });

/**
 * Offer to save the whole picture: what of it was never on the screen is loaded first.
 *
 * Call while the picture is set up; ends with it.
 */
export function pictureSaver(source: SaverSource): void {
  let jobs = $state.raw<readonly Job[]>([]);
  const needs = $derived(jobs.length > 0 ? needsOf(source) : null);
  const { links } = source;
  const linked = $derived(links.asked === null || links.asked.status !== "pending");
  const there = $derived(needs !== null && linked && source.still && settled(source.run, needs));
  // One string each, so that what comes asks for nothing anew unless it is more.
  for (const shelf of SHELVES) {
    const keys = $derived((needs?.[shelf] ?? []).join("\n"));
    $effect(() => source.run[shelf].want(OWNER, keys === "" ? [] : keys.split("\n")));
  }
  $effect(() => {
    if (!there) return;
    // After this change has reached the screen: what it moves is then where it belongs.
    const frame = requestAnimationFrame(() => {
      const waiting = jobs;
      try {
        const drawing = drawn(source);
        for (const job of waiting) job.done(drawing);
      } catch (error) {
        for (const job of waiting) job.fail(error);
      }
      jobs = [];
    });
    return () => cancelAnimationFrame(frame);
  });
  const make: MakePicture = async (kind: PictureKind) => {
    const drawing = await new Promise<Drawing>((done, fail) => {
      jobs = [...jobs, { done, fail }];
    });
    if (kind === "png") return pngOf(drawing.svg, drawing, RATIO);
    return new Blob([drawing.svg], { type: "image/svg+xml" });
  };
  // When the picture goes, its source may be gone already.
  let asked: RunContext | null = null;
  $effect(() => {
    asked = source.run;
    return asked.saving.offer(make);
  });
  onDestroy(() => {
    if (asked) for (const shelf of SHELVES) asked[shelf].want(OWNER, []);
    for (const job of jobs) job.fail(new Error("the picture was closed"));
  });
}
