/** The commands of `npm run job`. */
import { parseArgs } from "node:util";
import { can, visibleJobs } from "../../accounts/authorize.ts";
import type { Backend } from "../../backend/backend.ts";
import { openBackend } from "../../backend/open.ts";
import type { Catalog } from "../../catalog.ts";
import type { Config } from "../../config.ts";
import { cancel } from "../../engine/cancel.ts";
import { createJobReader } from "../../engine/job-reader.ts";
import { type JobView, jobView } from "../../presenters/job.ts";
import { exitOnFailure } from "../../startup.ts";
import { escapeControls } from "../../text/control-characters.ts";
import { readWebAddress } from "../../web-address.ts";
import { askToStop, onCtrlC } from "./ask-to-stop.ts";
import { type Actor, findActor } from "./find-actor.ts";
import { followJob } from "./follow-job.ts";
import { createJobDisplay, type Output } from "./job-display.ts";
import { kindHelp, overview } from "./kind-help.ts";
import { readKindOptions, WrongOptions } from "./kind-options.ts";
import { startJob } from "./start-job.ts";

export interface CommandParts {
  config: Config;
  catalog: Catalog;
  output: Output;
}

/** As the help says. A shell gives 130 to a command that Ctrl-C ended. */
export const exitCodes = { done: 0, failed: 1, notStarted: 2, cancelled: 3, left: 130 };
const maxListed = 20;
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * @param args of the command line, without those of Node
 * @returns the exit code
 * @throws WrongOptions
 */
export async function runJobCommand(
  parts: CommandParts,
  [command, ...args]: readonly string[],
): Promise<number> {
  const { config, catalog, output } = parts;
  const print = (text: string) => void output.write(`${text}\n`);
  if (command === "list") {
    return withBackend(parts, (backend) => list(parts, backend, readArguments(args)));
  }
  if (command === "follow") {
    return withBackend(parts, (backend) => followById(parts, backend, readArguments(args)));
  }
  const kind = command === undefined ? undefined : catalog.get(command);
  if (!command || !kind) {
    if (command && !/^(-h|--?help)$/.test(command)) {
      throw new WrongOptions(`There is no kind "${command}"\n\n${overview(catalog)}`);
    }
    print(overview(catalog));
    return 0;
  }
  const options = readKindOptions(command, kind, args);
  if (options.help) {
    print(kindHelp(command, kind));
    return 0;
  }
  return withBackend(parts, async (backend) => {
    const actor = await findActor(backend, config, options.as);
    const job = await startJob({ backend, catalog, config }, command, options, actor);
    if (options.detach) {
      print(job.id);
      return 0;
    }
    return follow(parts, { backend, actor, id: job.id });
  });
}

async function withBackend(
  { config }: CommandParts,
  work: (backend: Backend) => Promise<number>,
): Promise<number> {
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

async function list(
  { config, catalog, output }: CommandParts,
  backend: Backend,
  { as }: { as: string | undefined },
): Promise<number> {
  const actor = await findActor(backend, config, as);
  const reader = createJobReader({ backend, catalog });
  const { jobs } = await reader.list(visibleJobs(actor, "account"), { limit: maxListed });
  const rows = await reader.withWaits(jobs);
  if (rows.length === 0) output.write("No jobs yet. npm run job lists the kinds.\n");
  for (const row of rows) {
    const view = jobView(row, catalog.get(row.kind), [], backend.now());
    const { id, label, percentText, title, subject } = view;
    const state = view.active && percentText ? `${label}, ${percentText}` : label;
    const line = [id, state.padEnd(18), title, escapeControls(subject)].join("  ").trimEnd();
    output.write(`${line}\n`);
  }
  return 0;
}

async function followById(
  parts: CommandParts,
  backend: Backend,
  { as, id }: { as: string | undefined; id: string | undefined },
): Promise<number> {
  if (!id) throw new WrongOptions("Usage: npm run job -- follow ID [--as EMAIL]");
  const { config, catalog } = parts;
  const actor = await findActor(backend, config, as);
  const job = await createJobReader({ backend, catalog }).get(id);
  if (!job || !can(actor, "see", job)) throw new WrongOptions(`There is no job ${id}`);
  return follow(parts, { backend, actor, id });
}

/** Follows a job until it ends or the person leaves it. @returns the exit code */
async function follow(
  { config, catalog, output }: CommandParts,
  { backend, actor, id }: { backend: Backend; actor: Actor; id: string },
): Promise<number> {
  const display = createJobDisplay(output);
  const left = new AbortController();
  const ended = new AbortController();
  let stopReading: (() => void) | undefined;

  function readCtrlC(): void {
    if (process.stdin.isTTY && output.isTTY) stopReading = onCtrlC(ask);
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
  const leave = () => left.abort();
  for (const signal of stopSignals) process.on(signal, leave);
  const view = await followJob({ backend, catalog }, id, display, { signal: left.signal });
  ended.abort();
  for (const signal of stopSignals) process.off(signal, leave);
  display.resume();
  display.close();
  stopReading?.();
  output.write(`${summary(view, config)}\n`);
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
