/**
 * `npm run job`: starts, follows and lists jobs from the terminal. It works on the database, as the
 * other commands do: whoever can read it needs no token, and no web process has to run.
 */
import { parseArgs } from "node:util";
import { can, visibleJobs } from "../accounts/authorize.ts";
import type { Backend } from "../backend/backend.ts";
import { openBackend } from "../backend/open.ts";
import { readCatalog } from "../catalog.ts";
import { type Config, cacheCompiledCode, readConfig } from "../config.ts";
import { cancel } from "../engine/cancel.ts";
import { createJobReader } from "../engine/job-reader.ts";
import { type JobView, jobView } from "../presenters/job.ts";
import { exitOnConfigError, exitOnFailure } from "../startup.ts";
import { escapeControls } from "../text/control-characters.ts";
import { readWebAddress } from "../web-address.ts";
import { askToStop, onCtrlC } from "./job/ask-to-stop.ts";
import { type Actor, findActor } from "./job/find-actor.ts";
import { followJob } from "./job/follow-job.ts";
import { createJobDisplay } from "./job/job-display.ts";
import { kindHelp, overview } from "./job/kind-help.ts";
import { readKindOptions, WrongOptions } from "./job/kind-options.ts";
import { startJob } from "./job/start-job.ts";

/** As the help says. A shell gives 130 to a command that Ctrl-C ended. */
const exitCodes = { done: 0, failed: 1, notStarted: 2, cancelled: 3, left: 130 };
const maxListed = 20;

cacheCompiledCode();
const config = exitOnConfigError(readConfig);
const catalog = await readCatalog(config.jobsDirs);
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WrongOptions)) throw error;
  console.error(error.message);
  process.exitCode = exitCodes.notStarted;
}

/** @returns the exit code */
async function run([command, ...args]: string[]): Promise<number> {
  if (command === "list") return withBackend((backend) => list(backend, readArguments(args)));
  if (command === "follow")
    return withBackend((backend) => followById(backend, readArguments(args)));
  const kind = command === undefined ? undefined : catalog.get(command);
  if (!command || !kind) {
    if (command && !/^(-h|--?help)$/.test(command)) {
      throw new WrongOptions(`There is no kind "${command}"\n\n${overview(catalog)}`);
    }
    console.log(overview(catalog));
    return 0;
  }
  const options = readKindOptions(command, kind, args);
  if (options.help) {
    console.log(kindHelp(command, kind));
    return 0;
  }
  return withBackend(async (backend) => {
    const actor = await findActor(backend, config, options.as);
    const job = await startJob({ backend, catalog, config }, command, options, actor);
    if (options.detach) {
      console.log(job.id);
      return 0;
    }
    return follow({ backend, actor, id: job.id });
  });
}

async function withBackend(work: (backend: Backend) => Promise<number>): Promise<number> {
  const { databaseUrl, listenUrl } = config;
  const opening = openBackend(databaseUrl, { listenUrl });
  const backend = await exitOnFailure(opening, "the database cannot be opened");
  try {
    await exitOnFailure(backend.migrate({ acceptNewer: true }), "the database cannot be migrated");
    return await work(backend);
  } finally {
    await backend.close();
  }
}

function readArguments(args: string[]): { as: string | undefined; id: string | undefined } {
  try {
    const options = { as: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { as: values.as, id: positionals[0] };
  } catch (error) {
    throw new WrongOptions((error as Error).message);
  }
}

async function list(backend: Backend, { as }: { as: string | undefined }): Promise<number> {
  const actor = await findActor(backend, config, as);
  const reader = createJobReader({ backend, catalog });
  const { jobs } = await reader.list(visibleJobs(actor, "account"), { limit: maxListed });
  const rows = await reader.withWaits(jobs);
  if (rows.length === 0) console.log("No jobs yet. npm run job lists the kinds.");
  for (const row of rows) {
    const view = jobView(row, catalog.get(row.kind), [], backend.now());
    const { id, label, percentText, title, subject } = view;
    const state = view.active && percentText ? `${label}, ${percentText}` : label;
    console.log([id, state.padEnd(18), title, escapeControls(subject)].join("  ").trimEnd());
  }
  return 0;
}

async function followById(
  backend: Backend,
  { as, id }: { as: string | undefined; id: string | undefined },
): Promise<number> {
  if (!id) throw new WrongOptions("Usage: npm run job -- follow ID [--as EMAIL]");
  const actor = await findActor(backend, config, as);
  const job = await createJobReader({ backend, catalog }).get(id);
  if (!job || !can(actor, "see", job)) throw new WrongOptions(`There is no job ${id}`);
  return follow({ backend, actor, id });
}

/** Follows a job until it ends or the person leaves it. @returns the exit code */
async function follow(job: { backend: Backend; actor: Actor; id: string }): Promise<number> {
  const { backend, actor, id } = job;
  const display = createJobDisplay(process.stdout);
  const left = new AbortController();
  const ended = new AbortController();
  let stopReading: (() => void) | undefined;

  function readCtrlC(): void {
    if (process.stdin.isTTY && process.stdout.isTTY) stopReading = onCtrlC(ask);
  }

  async function ask(): Promise<void> {
    stopReading?.();
    display.hold();
    const choice = await askToStop(ended.signal);
    if (choice === "cancel") await cancel({ backend, catalog }, id, actor.userId, "api");
    if (choice === "leave") left.abort();
    display.resume();
    if (!left.signal.aborted && !ended.signal.aborted) readCtrlC();
  }

  readCtrlC();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => left.abort());
  const view = await followJob({ backend, catalog }, id, display, { signal: left.signal });
  ended.abort();
  display.resume();
  display.close();
  stopReading?.();
  console.log(summary(view, config));
  if (view.active) return exitCodes.left;
  return exitCodes[view.status as "done" | "failed" | "cancelled"];
}

function summary(view: JobView, { publicUrl, port, storageDir }: Config): string {
  const { id, active, outcome, error, advice } = view;
  if (active) return `The job goes on. Come back with: npm run job -- follow ${id}`;
  const counts = view.counts.map(({ value, label }) => `${value} ${label}`).join(", ");
  const address = publicUrl ?? readWebAddress(storageDir) ?? `http://localhost:${port}`;
  const page = `${address}/jobs/${id}`;
  const lines = [outcome || error, advice, counts, page];
  return lines.filter(Boolean).map(escapeControls).join("\n");
}
