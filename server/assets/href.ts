import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../public");
const known = new Map<string, { stamp: string; href: string }>();

/**
 * "/app.css?v=3f1c9a02": the version follows the content, so that browsers may keep a file for ever
 * and yet get a new one at once.
 */
export function assetHref(name: string): string {
  const file = statSync(join(folder, name), { throwIfNoEntry: false });
  if (!file) return `/${name}`;
  const stamp = `${file.mtimeMs} ${file.size}`;
  const before = known.get(name);
  if (before?.stamp === stamp) return before.href;
  const version = createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex");
  const href = `/${name}?v=${version.slice(0, 8)}`;
  known.set(name, { stamp, href });
  return href;
}
