/** Splits a full name. No rule fits all names; this one fits most names in address books. */

/** Words that start a last name: German, Dutch, French, Spanish, Portuguese, Italian, Arabic. */
const particles = new Set(
  "von vom van zu zum zur der den de del della di da dos das du des la le el al bin ibn ter ten".split(
    " ",
  ),
);

/**
 * Splits "Beethoven, Ludwig van" at the comma. Otherwise the last word, with the particles before it,
 * is the last name: "Ludwig" "van Beethoven". A single word is a first name.
 */
export function splitName(name: string): { first: string; last: string } {
  const comma = name.indexOf(",");
  if (comma !== -1)
    return { first: name.slice(comma + 1).trim(), last: name.slice(0, comma).trim() };
  const words = name.split(/\s+/);
  let from = words.length - 1;
  if (from === 0) return { first: name, last: "" };
  while (from > 1 && particles.has(words[from - 1]!.toLowerCase())) from--;
  return { first: words.slice(0, from).join(" "), last: words.slice(from).join(" ") };
}
