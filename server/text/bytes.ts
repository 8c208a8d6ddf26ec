/** Sizes of files in words, in powers of 1,000 as file managers show them. */

const units = ["B", "kB", "MB", "GB", "TB"];

/** @returns "812 B", "8.1 MB", "120 MB" */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let value = bytes / 1_000;
  let unit = 1;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1_000;
  return `${rounded(value)} ${units[unit]}`;
}

/** @returns "3.2 of 18 MB"; "300 kB of 18 MB" where the part would round to nothing in MB */
export function formatBytesOf(part: number, whole: number): string {
  const wholeText = formatBytes(whole);
  const unit = wholeText.split(" ")[1]!;
  if (part === 0 || unit === "B") return `${part} of ${wholeText}`;
  const value = part / 1_000 ** units.indexOf(unit);
  return `${value < 0.95 ? formatBytes(part) : rounded(value)} of ${wholeText}`;
}

function rounded(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}
