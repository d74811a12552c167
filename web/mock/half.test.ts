import { expect, it } from "vitest";
import { decodeHalf } from "../src/api/half.ts";
import { encodeHalf } from "./half.ts";

it("comes back within half a step", () => {
  const values = Float32Array.from([0, 1, -2.5, 0.1, 3.3, 1e-6, 1023.7, -65504, Number.NaN, 0.99999]);
  const back = decodeHalf(encodeHalf(values).slice().buffer as ArrayBuffer);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) expect(back[i]).toBeNaN();
    else expect(Math.abs((back[i] ?? 0) - value)).toBeLessThanOrEqual(Math.max(3e-8, Math.abs(value) / 2048));
  });
});
