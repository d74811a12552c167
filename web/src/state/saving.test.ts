import { expect, it } from "vitest";
import { Saving } from "./saving.svelte.ts";

it("holds the last offer until it is taken back; an older one cannot take it", () => {
  const saving = new Saving();
  const [one, two] = [async () => new Blob(["1"]), async () => new Blob(["2"])];
  expect(saving.make).toBeNull();
  const first = saving.offer(one);
  const second = saving.offer(two);
  first();
  expect(saving.make).toBe(two);
  second();
  expect(saving.make).toBeNull();
});
