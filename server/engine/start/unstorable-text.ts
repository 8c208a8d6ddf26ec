/** Finds texts that a database cannot store: Postgres rejects U+0000 and half surrogate pairs. Pure. */

export const unstorableMessage = "Contains a character that can't be stored";

export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** @returns the paths of such texts in a JSON value, such as "mapping.3"; a key counts as a text too */
export function findUnstorable(value: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = [];
  // A stack of its own, because a small body may be nested deeper than calls can be.
  const rest: { path: string; value: unknown }[] = [{ path: "", value }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { path, value } = next;
    if (typeof value === "string" && !isStorable(value)) found.push(path);
    if (typeof value !== "object" || value === null) continue;
    for (const [key, part] of Object.entries(value)) {
      const partPath = path === "" ? key : `${path}.${key}`;
      if (isStorable(key)) rest.push({ path: partPath, value: part });
      else found.push(partPath);
    }
  }
  return found;
}
