import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../public");
/** Every page asks for two files; their dates are read again after this time. */
const recheckAfterMs = 1_000;
const cache = new Map<string, { stamp: string; href: string; checkedAt: number }>();

/** Makes the next call read the files, after a build. */
export function clearAssetHrefs(): void {
  cache.clear();
}

/**
 * @param name of a file in `public/`
 * @returns "/app.css?v=3f1c9a02"; the version is a hash of the content, so that browsers may cache a
 * file for ever and still load a new one at once
 */
export function assetHref(name: string): string {
  const before = cache.get(name);
  const checkedAt = performance.now();
  if (before && checkedAt - before.checkedAt < recheckAfterMs) return before.href;
  const file = statSync(join(folder, name), { throwIfNoEntry: false });
  if (!file) return `/${name}`;
  const stamp = `${file.mtimeMs} ${file.size}`;
  if (before?.stamp === stamp) {
    before.checkedAt = checkedAt;
    return before.href;
  }
  const version = createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex");
  const href = `/${name}?v=${version.slice(0, 8)}`;
  cache.set(name, { stamp, href, checkedAt });
  return href;
}
