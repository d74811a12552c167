interface Laid {
  x: number;
  y: number;
  side: number;
  region: number;
}

/** Whether a line straight down, anywhere, meets regions one after another in their order, and squares one at a time. */
export function leavesOnce(
  { sides, regions }: { sides: readonly number[]; regions: readonly number[] },
  { x, y }: { x: readonly number[]; y: readonly number[] },
): boolean {
  const laid = sides.map(
    (side, index): Laid => ({ x: x[index] ?? 0, y: y[index] ?? 0, side, region: regions[index] ?? 0 }),
  );
  return laid.every(({ x: line }) => {
    const met = laid.filter((one) => one.x <= line && line < one.x + one.side).sort((a, b) => a.y - b.y);
    return met.every((one, index) => {
      const above = met[index - 1];
      return !above || (above.y + above.side <= one.y && above.region <= one.region);
    });
  });
}
