/**
 * Loads kinds again when one of their files changes. What pages show is new at once, and the worker is
 * replaced; the web process goes on. After a mistake both keep the kinds that they have.
 */
import { type Catalog, readCatalog } from "../catalog.ts";
import type { Kind } from "../job.ts";
import { explainError } from "./explain-error.ts";
import type { PageUpdates } from "./page-updates.ts";
import { watchFiles } from "./watch-files.ts";

/**
 * @param catalog is changed in place, because all parts of the process have it
 * @param jobsDirs the folders of the kinds
 */
export function followKinds(
  catalog: Catalog,
  jobsDirs: readonly string[],
  { updates, restartWorker }: { updates: PageUpdates; restartWorker: () => void },
): void {
  let loading: Promise<void> = Promise.resolve();

  async function reload(): Promise<void> {
    try {
      replaceKinds(catalog as Map<string, Kind>, await readCatalog(jobsDirs, String(Date.now())));
    } catch (error) {
      const problem = explainError(error);
      process.stderr.write(`\n${problem.place || "A kind"}: ${problem.message}\n`);
      updates.setProblem("kinds", problem);
      return;
    }
    updates.setProblem("kinds", undefined);
    updates.notify("page");
    restartWorker();
  }

  for (const folder of jobsDirs) {
    watchFiles(folder, (names) => {
      // Kinds import the files in folders; `npm run dev` starts a new process for these.
      if (!names.some((name) => /^[^/]+\.ts$/.test(name))) return;
      loading = loading.then(reload);
    });
  }
}

function replaceKinds(catalog: Map<string, Kind>, next: Catalog): void {
  catalog.clear();
  for (const [name, kind] of next) catalog.set(name, kind);
}
