/**
 * Text from anywhere as every database keeps it: Postgres refuses a NUL and half of a surrogate
 * pair, and with it the whole statement, which may hold what other jobs have to say.
 */
export function sanitizeText(text: string): string {
  return text.replaceAll("\0", "\u{FFFD}").toWellFormed();
}

/** Longer than a line on a page, and as long as a sentence may be. */
const maxLength = 500;

/** What a job says, storable, and cut where it is too long for a line. */
export function shortenText(text: string): string {
  return sanitizeText(text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);
}
