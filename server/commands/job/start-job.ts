import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { visibleJobs } from "../../accounts/authorize.ts";
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Config } from "../../config.ts";
import { checkInput } from "../../engine/start/check-input.ts";
import { AlreadyActive, InvalidInput, MissingSettings } from "../../engine/start/request.ts";
import { start } from "../../engine/start/start.ts";
import { inputFields } from "../../forms/input-fields.ts";
import { parseInput } from "../../forms/input-values.ts";
import type { Kind } from "../../job.ts";
import { LimitReached } from "../../limit-reached.ts";
import { reachedLimitText } from "../../presenters/limit-text.ts";
import { prepareStorage } from "../../storage/open-storage.ts";
import { saveUpload, UploadRefused } from "../../storage/uploads.ts";
import type { Actor } from "./find-actor.ts";
import { type KindOptions, optionName, WrongOptions } from "./kind-options.ts";

/**
 * Checks the options, uploads the files and starts the job, within the limits of the account.
 * @throws WrongOptions with a line for each wrong option
 */
export async function startJob(
  { backend, catalog, config }: { backend: Backend; catalog: Catalog; config: Config },
  name: string,
  { values, files, anyway }: KindOptions,
  actor: Actor,
): Promise<JobRow> {
  const kind = catalog.get(name)!;
  const { accountId, userId } = actor;
  for (const { path } of files) await assertFile(path);
  // A wrong option is found before a large file is read.
  const pending = Object.assign(
    {},
    ...files.map((file) => uploadValue(file.field, "not uploaded")),
  );
  const checked = checkInput(kind, parseInput(kind, { ...values, ...pending }));
  if (!checked.ok) throw new WrongOptions(errorLines(kind, checked.errors));
  try {
    const uploads: Record<string, string> = {};
    for (const { field, path } of files) {
      Object.assign(uploads, uploadValue(field, await upload(path)));
    }
    const started = await start(backend, catalog, {
      ...{ kind: name, input: parseInput(kind, { ...values, ...uploads }), accountId, userId },
      ...{ limits: config.limits, via: "api" },
      uploadsOf: visibleJobs(actor, "account"),
      unlessActive: anyway ? undefined : visibleJobs(actor, "account"),
    });
    return started.job;
  } catch (error) {
    throw asWrongOptions(kind, error);
  }

  /** The value of a form for an uploaded file. */
  function uploadValue(name: string, id: string): Record<string, string> {
    const field = inputFields(kind).find((each) => each.name === name)!;
    return field.severalFiles ? { [`${name}.${id}`]: "on" } : { [name]: id };
  }

  async function upload(path: string): Promise<string> {
    const storage = await prepareStorage(config);
    const { maxUploadBytes: maxBytes, limits } = config;
    const target = { backend, storage, maxBytes, maxStoredBytes: limits.maxStoredBytes };
    const file = { name: basename(path), mediaType: "", chunks: createReadStream(path) };
    return (await saveUpload(target, { ...file, accountId, userId })).id;
  }
}

async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new WrongOptions(`There is no file ${path}`);
}

function asWrongOptions(kind: Kind, error: unknown): unknown {
  if (error instanceof InvalidInput) return new WrongOptions(errorLines(kind, error.fields));
  if (error instanceof UploadRefused) return new WrongOptions(error.message);
  if (error instanceof MissingSettings) {
    return new WrongOptions(`${kind.title} needs ${error.missing.join(", ")} in the environment`);
  }
  if (error instanceof LimitReached) return new WrongOptions(reachedLimitText(error));
  if (!(error instanceof AlreadyActive)) return error;
  const { id } = error.job;
  return new WrongOptions(
    `A job with the same input is active: npm run job -- follow ${id}\nAdd --anyway to start another one.`,
  );
}

/** "--from: Enter 1 or more (Count down from)" */
function errorLines(kind: Kind, errors: Readonly<Record<string, string>>): string {
  const lines = Object.entries(errors).map(([path, message]) => {
    const isOf = ({ name }: { name: string }) => path === name || path.startsWith(`${name}.`);
    const field = inputFields(kind).find(isOf);
    if (!field) return `${path}: ${message}`;
    const option = field.type === "file" ? "FILE" : optionName(field.name);
    return `${option}: ${message} (${field.label})`;
  });
  return lines.join("\n");
}
