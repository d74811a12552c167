/** Neighbouring numbers of a sorted list as runs [from, to): what is picked together is outlined once. */
export function runsOf(sorted: readonly number[]): [number, number][] {
  const out: [number, number][] = [];
  for (const one of sorted) {
    const last = out.at(-1);
    if (last && last[1] === one) last[1] = one + 1;
    else out.push([one, one + 1]);
  }
  return out;
}

/** Rows of the picked neurons, sorted; those that are not among the rows are left out. */
export function rowsOf(neurons: readonly number[], picked: readonly number[]): number[] {
  if (picked.length === 0) return [];
  const wanted = new Set(picked);
  return neurons.flatMap((neuron, row) => (wanted.has(neuron) ? [row] : []));
}

/** Columns that hold a picked class, sorted. */
export function columnsOfClasses(
  columns: readonly { classes: readonly number[] }[],
  picked: readonly number[],
): number[] {
  if (picked.length === 0) return [];
  const wanted = new Set(picked);
  return columns.flatMap((column, index) => (column.classes.some((one) => wanted.has(one)) ? [index] : []));
}
