/**
 * The lowest id that a job of a moment can have: the first 48 bits of an id are the time of its
 * making. https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 * @param at ms since 1970
 */
export function minJobIdAt(at: number): string {
  const hex = Math.min(Math.max(0, at), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
