import { formatBytes } from "../../../server/text/bytes.ts";
import { formatDuration } from "../../../server/text/durations.ts";

const units = ["B", "kB", "MB", "GB", "TB"];

/** @param {number} part @param {number} whole in bytes @returns {string} "12.4 of 40 MB" */
export function bytesText(part, whole) {
  const wholeText = formatBytes(whole);
  const unit = wholeText.split(" ")[1] ?? "B";
  const value = part / 1_000 ** units.indexOf(unit);
  // One digit more than the whole has, so that a large file is seen to move.
  const text = unit === "B" || value >= 100 ? String(Math.floor(value)) : value.toFixed(1);
  return `${part === whole ? wholeText.split(" ")[0] : text} of ${wholeText}`;
}

/**
 * @param {number} sent
 * @param {number} size in bytes
 * @param {number | null} bytesPerSecond null while unknown
 * @returns "12.4 of 40 MB · 1.2 MB/s · 23 s left"
 */
export function progressText(sent, size, bytesPerSecond) {
  const text = bytesText(sent, size);
  if (!bytesPerSecond) return text;
  const left = formatDuration(Math.ceil((size - sent) / bytesPerSecond) * 1_000);
  return `${text} · ${formatBytes(Math.round(bytesPerSecond))}/s · ${left} left`;
}
