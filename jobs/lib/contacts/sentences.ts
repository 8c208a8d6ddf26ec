/** How an import ended, in words. */
import type { Tally } from "../../../server/job.ts";

/** "Imported 99,812 of 100,000, 188 rows rejected" */
export function imported({ succeeded, failed, skipped }: Tally): string {
  const parts = [`Imported ${count(succeeded)} of ${count(succeeded + failed + skipped)}`];
  if (failed > 0) parts.push(`${count(failed)} ${failed === 1 ? "row" : "rows"} rejected`);
  if (skipped > 0)
    parts.push(`${count(skipped)} ${skipped === 1 ? "duplicate" : "duplicates"} skipped`);
  return parts.join(", ");
}

/** @param contacts in the file, where it had been read to its end */
export function keptOf({ succeeded, failed }: Tally, contacts: number | undefined): string {
  if (succeeded === 0 || contacts === undefined) return "Cancelled: no contact had been saved yet";
  const of = `${count(succeeded)} of ${count(contacts + failed)} rows`;
  return `Cancelled: ${of} had been saved and are kept`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
