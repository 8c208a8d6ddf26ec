/**
 * The composition root of the web application: creates every part once per process, for the entry
 * points, the tests and the benchmarks. `executor.ts` is the composition root of a runner.
 */
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { type Accounts, createAccounts } from "./accounts/accounts.ts";
import { createFailedTokens, type FailedTokens } from "./accounts/failed-tokens.ts";
import type { Person } from "./accounts/person.ts";
import type { Backend } from "./backend/backend.ts";
import type { JobRow } from "./backend/schema.ts";
import type { Catalog } from "./catalog.ts";
import type { Config } from "./config.ts";
import { type ContactReader, createContactReader } from "./contacts/contacts.ts";
import { createJobReader, type JobReader } from "./engine/job-reader.ts";
import { createScheduleReader, type ScheduleReader } from "./engine/schedules/schedule-reader.ts";
import { createFilePreviewer, type FilePreviewer } from "./file-preview/file-previewer.ts";
import { createFrames, type Frames } from "./live/frames.ts";
import { createHub, type Hub } from "./live/hub.ts";
import { createSseResponses, type SseResponses } from "./live/sse-response.ts";
import type { Log } from "./log.ts";
import { createRenderer, type Renderer } from "./render.ts";
import { createPreviews } from "./storage/result-previews.ts";
import { createResumableUploads, type ResumableUploads } from "./storage/resumable-uploads.ts";
import type { Storage } from "./storage/storage.ts";
import { createUploadMeter, type UploadMeter } from "./storage/upload-meter.ts";

export interface Services {
  config: Config;
  log: Log;
  backend: Backend;
  catalog: Catalog;
  storage: Storage;
  resumableUploads: ResumableUploads;
  uploadMeter: UploadMeter;
  accounts: Accounts;
  failedTokens: FailedTokens;
  render: Renderer;
  jobs: JobReader;
  schedules: ScheduleReader;
  contacts: ContactReader;
  filePreviewer: FilePreviewer;
  frames: Frames;
  hub: Hub;
  /** All event streams of this process, those of pages and those of the API. */
  streams: SseResponses;
  /** Whether no worker is alive, so that jobs wait. */
  isWorkerMissing: () => boolean;
}

const viewsDir = join(import.meta.dirname, "../views");

/**
 * Subscribes to changes of jobs, until `hub.close`, and to ended sessions.
 * @param parts.storage prepared (`prepareStorage`)
 * @param parts.strict whether templates throw if they print null or undefined; default: outside of
 *   production
 * @param parts.isWorkerMissing default: a worker is alive
 */
export function createServices(parts: {
  config: Config;
  log: Log;
  backend: Backend;
  catalog: Catalog;
  storage: Storage;
  strict?: boolean;
  isWorkerMissing?: () => boolean;
}): Services {
  const { config, log, backend, catalog, storage, strict = !config.production } = parts;
  const { isWorkerMissing = () => false } = parts;
  const maxBytes = config.maxUploadBytes;
  const { limits } = config;
  const resumableUploads = createResumableUploads({ backend, storage, maxBytes, limits });
  const uploadMeter = createUploadMeter(backend, limits);
  const accounts = createAccounts({ backend, config, log });
  const failedTokens = createFailedTokens();
  const render = createRenderer({ viewsDir, strict, cache: config.production });
  const previews = createPreviews(storage);
  const jobs = createJobReader({ backend, catalog, previews, isWorkerMissing });
  const schedules = createScheduleReader(backend);
  const contacts = createContactReader(backend);
  const filePreviewer = createFilePreviewer({ jobsDirs: config.jobsDirs });
  const frames = createFrames({ catalog, render, reader: jobs });
  const hub = createHub({ backend, reader: jobs, frames, log });
  const streams = createSseResponses(limits.maxStreams);
  accounts.onSessionEnd((id) => streams.endSession(id));
  return {
    ...{ config, log, backend, catalog, storage, resumableUploads, accounts, failedTokens, render },
    ...{
      uploadMeter,
      jobs,
      schedules,
      contacts,
      filePreviewer,
      frames,
      hub,
      streams,
      isWorkerMissing,
    },
  };
}

/** The type parameter of Hono: the values that requests carry. */
export interface Env {
  /** Set by the Node server; undefined if a test calls the application without one. */
  Bindings: { outgoing?: ServerResponse };
  Variables: {
    /** Set in routes after `requirePerson`. */
    person: Person;
    /** Set in routes after `loadJob`. */
    job: JobRow;
  };
}
