import { expect, it } from "vitest";
import { addressAt } from "./moment.ts";

it("leaves an address of the newest snapshot as it is", () => {
  expect(addressAt("api/runs/a/scene", null)).toBe("api/runs/a/scene");
  expect(addressAt("api/runs/a/layer", null, { id: "b/c" })).toBe("api/runs/a/layer?id=b%2Fc");
});

it("names the step, and each snapshot that was gone through in its order", () => {
  const asked = new URLSearchParams([
    ["column", "a"],
    ["column", "b"],
  ]);
  expect(addressAt("x", { step: 20, basis: [400, 800] }, asked)).toBe(
    "x?column=a&column=b&step=20&basis=400&basis=800",
  );
  expect(asked.size).toBe(2);
});
