/**
 * Replaces NUL characters and lone surrogates. Postgres rejects a statement that contains one, and the
 * statement may contain the progress of other jobs too.
 */
export function sanitizeText(text: string): string {
  return text.replaceAll("\0", "\u{FFFD}").toWellFormed();
}

const maxLength = 500;

/** Sanitizes a message of a job, and cuts it if it is too long for a page. */
export function shortenText(text: string): string {
  return sanitizeText(text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);
}
