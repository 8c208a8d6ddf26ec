/** Numbers as the sentences of jobs write them. */

/** "2,314" */
export function number(value: number): string {
  return value.toLocaleString("en");
}

/** @param one the word for one of them: "1 job", "2,314 jobs" */
export function amount(count: number, one: string): string {
  return `${number(count)} ${one}${count === 1 ? "" : "s"}`;
}
