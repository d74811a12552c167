/** A number as the sixteen bits of half precision, rounded to the nearest; too large ones become infinite. */
export function halfOf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.min(15, Math.floor(Math.log2(size)));
  // Rounding up may reach the next power of two, and then carries into the exponent as it should.
  return sign + ((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024);
}

/** Numbers as the server sends them: half precision, little-endian. */
export function encodeHalf(values: Float32Array): Uint8Array {
  const out = new Uint8Array(2 * values.length);
  values.forEach((value, i) => {
    const bits = halfOf(value);
    out[2 * i] = bits & 255;
    out[2 * i + 1] = bits >> 8;
  });
  return out;
}
