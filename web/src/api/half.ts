let known: Float32Array | null = null;

/** The value of one half-precision number, from its sixteen bits. */
function numberOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** All 65,536 half-precision numbers: looking one up is quicker than working it out. */
function table(): Float32Array {
  known ??= Float32Array.from({ length: 65536 }, (_, bits) => numberOf(bits));
  return known;
}

/** Half-precision numbers, little-endian, as single-precision ones; NaN stays NaN. */
export function decodeHalf(buffer: ArrayBuffer): Float32Array {
  const bytes = new Uint8Array(buffer);
  const out = new Float32Array(bytes.length >> 1);
  const values = table();
  for (let i = 0; i < out.length; i++) {
    out[i] = values[(bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)] as number;
  }
  return out;
}
