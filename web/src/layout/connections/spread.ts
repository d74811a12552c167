/**
 * Places in the order of their aims, at least `spacing` apart, with the least sum of squared distances to the aims.
 *
 * Isotonic regression by pooling neighbours that would stand the wrong way round (Ayer and others 1955).
 */
export function spread(aims: readonly number[], spacing: number): number[] {
  const order = aims.map((_, index) => index).sort((a, b) => (aims[a] ?? 0) - (aims[b] ?? 0) || a - b);
  const pools: { mean: number; count: number }[] = [];
  order.forEach((index, rank) => {
    let pool = { mean: (aims[index] ?? 0) - rank * spacing, count: 1 };
    for (let last = pools.at(-1); last && last.mean >= pool.mean; last = pools.at(-1)) {
      const count = last.count + pool.count;
      pool = { mean: (last.mean * last.count + pool.mean * pool.count) / count, count };
      pools.pop();
    }
    pools.push(pool);
  });
  const out = new Array<number>(aims.length).fill(0);
  let rank = 0;
  for (const { mean, count } of pools) {
    for (let i = 0; i < count; i++, rank++) out[order[rank] as number] = mean + rank * spacing;
  }
  return out;
}
