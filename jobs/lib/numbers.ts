/** Formats numbers for the messages of jobs. */

/** "2,314" */
export function formatNumber(value: number): string {
  return value.toLocaleString("en");
}

/** "1 job", "2,314 jobs". @param one the singular, whose plural ends in "s" */
export function formatCount(count: number, one: string): string {
  return `${formatNumber(count)} ${one}${count === 1 ? "" : "s"}`;
}
