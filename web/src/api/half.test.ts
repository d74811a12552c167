import { describe, expect, it } from "vitest";
import { decodeHalf } from "./half.ts";

/** The definition of binary16, digit by digit: sign, five bits of exponent, ten of fraction. */
function slow(bits: number): number {
  const digits = bits.toString(2).padStart(16, "0");
  const sign = digits[0] === "1" ? -1 : 1;
  const exponent = Number.parseInt(digits.slice(1, 6), 2);
  let fraction = exponent === 0 ? 0 : 1;
  [...digits.slice(6)].forEach((digit, place) => {
    fraction += Number(digit) / 2 ** (place + 1);
  });
  if (exponent === 31) return digits.slice(6).includes("1") ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * fraction * 2 ** ((exponent === 0 ? 1 : exponent) - 15);
}

describe("decodeHalf", () => {
  it("agrees with the definition for every pattern of bits", () => {
    const bytes = new Uint8Array(2 * 65536);
    for (let bits = 0; bits < 65536; bits++) bytes.set([bits & 255, bits >> 8], 2 * bits);
    const decoded = decodeHalf(bytes.buffer);
    const wrong = Array.from(decoded).findIndex((value, bits) => !Object.is(value, slow(bits)));
    expect(wrong).toBe(-1);
  });

  it("reads little-endian bytes", () => {
    expect([...decodeHalf(new Uint8Array([0x00, 0x3c, 0x00, 0xc1, 0x00, 0x7e]).buffer)]).toEqual([1, -2.5, Number.NaN]);
  });

  it("drops half a number at the end", () => {
    expect(decodeHalf(new Uint8Array([0x00, 0x3c, 0x00]).buffer)).toHaveLength(1);
  });
});
