/** Finds texts that a database cannot store: Postgres rejects U+0000 and half surrogate pairs. Pure. */

export const unstorableMessage = "Contains a character that can't be stored";

export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** A small body may have many such texts, and long paths to them. */
const maxFound = 20;
const maxPathLength = 200;

/**
 * @returns the paths of the first such texts in a JSON value, such as "mapping.3"; a key counts as a text
 *   too. The path to a deeper one ends above it.
 */
export function findUnstorable(value: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = [];
  // A stack of its own, because a small body may be nested deeper than calls can be.
  const rest: { path: string; value: unknown }[] = [{ path: "", value }];
  for (let next = rest.pop(); next && found.length < maxFound; next = rest.pop()) {
    const { path, value } = next;
    if (typeof value === "string" && !isStorable(value)) found.push(path);
    if (typeof value !== "object" || value === null) continue;
    for (const [key, part] of Object.entries(value)) {
      const below = path === "" ? key : `${path}.${key}`;
      const partPath = path.length < maxPathLength ? below : path;
      if (isStorable(key)) rest.push({ path: partPath, value: part });
      else if (found.length < maxFound) found.push(partPath);
    }
  }
  return found;
}
