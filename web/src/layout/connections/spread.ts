/**
 * Places in a given order, each with its own size and a least gap between neighbours, with the least sum of squared
 * distances to the aims.
 *
 * Isotonic regression by pooling neighbours that would stand the wrong way round (Ayer and others 1955).
 */
export function spread(aims: readonly number[], sizes: readonly number[], gap: number): number[] {
  const offsets: number[] = [];
  aims.forEach((_, i) => {
    const before = offsets[i - 1];
    offsets.push(before === undefined ? 0 : before + ((sizes[i - 1] ?? 0) + (sizes[i] ?? 0)) / 2 + gap);
  });
  const pools: { mean: number; count: number }[] = [];
  aims.forEach((aim, i) => {
    let pool = { mean: aim - (offsets[i] ?? 0), count: 1 };
    for (let last = pools.at(-1); last && last.mean >= pool.mean; last = pools.at(-1)) {
      const count = last.count + pool.count;
      pool = { mean: (last.mean * last.count + pool.mean * pool.count) / count, count };
      pools.pop();
    }
    pools.push(pool);
  });
  return pools
    .flatMap(({ mean, count }) => new Array<number>(count).fill(mean))
    .map((mean, i) => mean + (offsets[i] ?? 0));
}

/** The same where the order is that of the aims. */
export function spreadByAim(aims: readonly number[], size: number): number[] {
  const order = aims.map((_, index) => index).sort((a, b) => (aims[a] ?? 0) - (aims[b] ?? 0) || a - b);
  const places = spread(
    order.map((index) => aims[index] ?? 0),
    order.map(() => size),
    0,
  );
  const out = new Array<number>(aims.length).fill(0);
  order.forEach((index, rank) => {
    out[index] = places[rank] ?? 0;
  });
  return out;
}
