/** Follows changes of templates, styles and scripts: builds what depends on them, and tells open pages. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildScripts, buildStylesheet } from "../assets/build.ts";
import { clearAssetHrefs } from "../assets/href.ts";
import { explainFailure } from "./explain-error.ts";
import { root } from "./own-frames.ts";
import type { PageUpdates } from "./page-updates.ts";
import { watchFiles } from "./watch-files.ts";

const stylesheet = join(root, "public/app.css");

export function watchPages(updates: PageUpdates): void {
  let building: Promise<void> = Promise.resolve();

  /** One build at a time, in the order of the changes. */
  function queue(source: "styles" | "scripts", build: () => Promise<void>): void {
    building = building.then(build).then(
      () => updates.setProblem(source, undefined),
      (error) => updates.setProblem(source, explainFailure(`The ${source} cannot be built`, error)),
    );
  }

  async function rebuildStyles(): Promise<void> {
    const before = hashOf(stylesheet);
    await buildStylesheet(false);
    clearAssetHrefs();
    if (hashOf(stylesheet) !== before) updates.notify("styles");
  }

  async function rebuildScripts(): Promise<void> {
    await buildScripts();
    clearAssetHrefs();
    updates.notify("scripts");
  }

  watchFiles(join(root, "views"), (names) => {
    // Kinds keep the examples of their templates beside these.
    const hasTemplate = names.some((name) => name.endsWith(".eta") || name.endsWith(".ts"));
    if (hasTemplate) updates.notify("page");
    // A template may use a class that the stylesheet does not have yet.
    if (hasTemplate || names.some((name) => name.endsWith(".css"))) queue("styles", rebuildStyles);
  });
  watchFiles(join(root, "public/scripts"), () => queue("scripts", rebuildScripts));
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
