import { type FSWatcher, watch } from "node:fs";

/** Editors save a file in several steps. */
const settleMs = 50;

/**
 * Watches a folder with those in it.
 * @param onChange called once for changes in quick succession, with the paths in the folder
 */
export function watchFiles(
  folder: string,
  onChange: (names: readonly string[]) => void,
): FSWatcher {
  const names = new Set<string>();
  let due: NodeJS.Timeout | undefined;
  return watch(folder, { recursive: true }, (_event, name) => {
    if (name) names.add(name.replaceAll("\\", "/"));
    clearTimeout(due);
    due = setTimeout(() => {
      const changed = [...names];
      names.clear();
      onChange(changed);
    }, settleMs);
  });
}
