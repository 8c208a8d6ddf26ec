/** Reads the kinds from the folders of jobs, once when a process starts. */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseDuration } from "./engine/parse-duration.ts";
import { type InputField, inputFields } from "./forms/input-fields.ts";
import { iconNames, type Kind } from "./job.ts";

/** Kinds by their identifier. Input of users only looks up kinds here and is never imported. */
export type Catalog = ReadonlyMap<string, Kind>;

const fileName = /^[a-z][a-z0-9_]*\.ts$/;

/** Fields that every form has beside the input of its kind. */
const formFields = [
  ...["type", "token", "idempotency_key", "anyway"],
  ...["from_job", "more_files", "when", "when_at", "when_zone"],
  ...["choose_file", "shown_table", "read_again", "refused"],
];

/**
 * @param folders contain one file for each kind, named after its identifier
 * @param version anything but "" loads the files again, also if this process has loaded them before
 * @throws if a file does not describe a kind; the message names the file
 */
export async function readCatalog(folders: readonly string[], version = ""): Promise<Catalog> {
  const catalog = new Map<string, Kind>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile() || !fileName.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const file: { default?: Kind } = await import(
        pathToFileURL(path).href + (version && `?v=${version}`)
      );
      catalog.set(basename(entry.name, ".ts"), check(path, file.default));
    }
  }
  return catalog;
}

/** @returns the path of the file of a kind. @throws if no folder has one */
export async function findKindFile(folders: readonly string[], name: string): Promise<string> {
  for (const folder of folders.toReversed()) {
    const path = join(folder, `${name}.ts`);
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) return path;
  }
  throw new Error(`No folder of kinds has ${name}.ts`);
}

/** @returns "invoice_pdf and invoices are called “Invoices”" for each title that people cannot tell apart */
export function findRepeatedTitles(catalog: Catalog): string[] {
  const listed = [...catalog].filter(([, { listed }]) => listed !== false);
  const byTitle = Map.groupBy(listed, ([, { title }]) => title);
  return [...byTitle]
    .filter(([, kinds]) => kinds.length > 1)
    .map(([title, kinds]) => `${kinds.map(([name]) => name).join(" and ")} are called “${title}”`);
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
  const reserved = Object.keys(kind.input.shape).find((name) => formFields.includes(name));
  if (reserved)
    throw new Error(
      `${path}: "${reserved}" is a field of every form; rename the field of the input`,
    );
  checkForm(path, kind);
  if (kind.timeout) parseDuration(kind.timeout);
  if (kind.cleanupTimeout) parseDuration(kind.cleanupTimeout);
  for (const wait of kind.retryAfter ?? []) parseDuration(wait);
  return kind;
}

/** @throws if a form cannot ask for the input */
function checkForm(path: string, kind: Kind): void {
  let fields: InputField[];
  try {
    fields = inputFields(kind);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
  if (kind.preview && !fields.some(({ type }) => type === "columns")) {
    throw new Error(
      `${path}: a preview asks about the columns of a file, so the input needs a field for them: z.record(z.string(), z.string()).meta({ columns: [{ name: "email", label: "Email" }] })`,
    );
  }
  const files = fields.flatMap(({ name, type }) => (type === "file" ? [name] : []));
  if (kind.inputForRejected && files.length === 0) {
    throw new Error(
      `${path}: inputForRejected retries the rows of an uploaded file, but the input has no such field`,
    );
  }
  if (files.length < 2) return;
  throw new Error(
    `${path}: a form asks for one field of files, but there are ${files.join(" and ")}. Write uploads() for several files in one field`,
  );
}
