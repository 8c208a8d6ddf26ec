/** @throws for no values */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/**
 * The nearest-rank percentile.
 * @param share 0 to 100
 * @throws for no values
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error("A percentile needs at least one value");
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.ceil((share / 100) * sorted.length) - 1;
  return sorted[Math.max(0, at)]!;
}
