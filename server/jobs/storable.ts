/**
 * Text from anywhere as every database keeps it: Postgres refuses a NUL and half of a surrogate
 * pair, and with it the whole statement, which may hold what other jobs have to say.
 */
export function storable(text: string): string {
  return text.replaceAll("\0", "\u{FFFD}").toWellFormed();
}
