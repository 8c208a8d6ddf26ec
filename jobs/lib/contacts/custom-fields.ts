/** Reads the cells that have no field of their own: custom fields by name, and tags. */

/** Custom fields of an account, and tags of one file: more are a mistake in the mapping. */
export const maxCustomFields = 1_000;
export const maxTags = 2_000;
export const maxCustomValue = 10_000;
export const maxNameLength = 100;
export const maxTagLength = 100;

const TAG_SEPARATOR = /\s*(?:[;,|\n\r]|:::)\s*/;
/** Quotes, and the mark of Google's own groups: `* myContacts`. */
const AROUND_TAG = /^(?:["'\s]|\*(?=\s))+|["'\s]+$/g;

/** @returns the names of custom fields, made unique: a second "City" becomes "City 2" */
export function customFieldNames(header: readonly string[], columns: readonly number[]): string[] {
  // A property of this name would change the prototype of the object instead.
  const taken = new Set(["__proto__"]);
  return columns.map((column) => {
    const name = (header[column]?.trim() || `Column ${column + 1}`)
      .slice(0, maxNameLength)
      .toWellFormed();
    let unique = name;
    for (let number = 2; taken.has(unique); number++) unique = `${name} ${number}`;
    taken.add(unique);
    return unique;
  });
}

/** @returns the tags of a cell such as "VIP; Newsletter", each once whatever its case */
export function parseTags(cell: string): string[] {
  return uniqueTags(
    cell
      .split(TAG_SEPARATOR)
      .map((tag) => tag.replace(AROUND_TAG, ""))
      .filter((tag) => tag !== "" && tag !== "*")
      .map((tag) => tag.slice(0, maxTagLength).toWellFormed().trim()),
  );
}

/** @returns the tags without those that repeat an earlier one in another case */
export function uniqueTags(tags: readonly string[]): string[] {
  const seen = new Set<string>();
  return tags.filter((tag) => {
    const key = tag.toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}
