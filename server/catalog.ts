/** The kinds there are, read once from the folders of jobs when a process starts. */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseDuration } from "./engine/parse-duration.ts";
import { iconNames, type Kind } from "./job.ts";

/** Kinds by identifier. Users' input only ever looks one up here, it is never imported. */
export type Catalog = ReadonlyMap<string, Kind>;

const fileName = /^[a-z][a-z0-9_]*\.ts$/;

/** What forms say beside the input of a kind. */
const formFields = [
  ...["type", "token", "idempotency_key", "anyway"],
  ...["from_job", "when", "when_at", "when_zone"],
];

/**
 * @param folders with one file for each kind, named after it
 * @throws where a file does not describe a kind, naming the file
 */
export async function readCatalog(folders: readonly string[]): Promise<Catalog> {
  const catalog = new Map<string, Kind>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile() || !fileName.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const file: { default?: Kind } = await import(pathToFileURL(path).href);
      catalog.set(basename(entry.name, ".ts"), check(path, file.default));
    }
  }
  return catalog;
}

function check(path: string, kind: Kind | undefined): Kind {
  if (!kind?.title || !kind.input || typeof kind.run !== "function") {
    throw new Error(`${path}: the default export must be defineJob({ title, input, steps, run })`);
  }
  if (kind.icon && !iconNames.includes(kind.icon)) {
    throw new Error(`${path}: there is no icon "${kind.icon}", only ${iconNames.join(", ")}`);
  }
  if (Object.keys(kind.steps ?? {}).length === 0) {
    throw new Error(`${path}: a kind has at least one step, such as steps: { "Doing it": 1 }`);
  }
  const taken = Object.keys(kind.input.shape).find((name) => formFields.includes(name));
  if (taken)
    throw new Error(`${path}: "${taken}" is a field of every form; call the input's other`);
  if (kind.timeout) parseDuration(kind.timeout);
  if (kind.cleanupTimeout) parseDuration(kind.cleanupTimeout);
  for (const wait of kind.retryAfter ?? []) parseDuration(wait);
  return kind;
}
