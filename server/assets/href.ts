import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../public");
/** A file is looked at again after this long; every page asks for two. */
const lookAgainMs = 1_000;
const known = new Map<string, { stamp: string; href: string; lookedAt: number }>();

/** For one who has just built them and cannot wait. */
export function lookAgain(): void {
  known.clear();
}

/**
 * "/app.css?v=3f1c9a02": the version follows the content, so that browsers may keep a file for ever
 * and yet get a new one at once.
 */
export function assetHref(name: string): string {
  const before = known.get(name);
  const lookedAt = performance.now();
  if (before && lookedAt - before.lookedAt < lookAgainMs) return before.href;
  const file = statSync(join(folder, name), { throwIfNoEntry: false });
  if (!file) return `/${name}`;
  const stamp = `${file.mtimeMs} ${file.size}`;
  if (before?.stamp === stamp) {
    before.lookedAt = lookedAt;
    return before.href;
  }
  const version = createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex");
  const href = `/${name}?v=${version.slice(0, 8)}`;
  known.set(name, { stamp, href, lookedAt });
  return href;
}
