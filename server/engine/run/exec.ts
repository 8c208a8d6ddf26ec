/** `job.exec`: runs a program, and stops it with the run. */
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExecError, type ExecOptions, type ExecResult } from "../../job.ts";
import { contentChunks } from "../../storage/content-chunks.ts";
import { assertInstalled } from "./find-program.ts";
import { type ProcessGroup, startGroup } from "./process-group.ts";
import { readLines, readTexts } from "./read-lines.ts";
import type { Run } from "./run.ts";

/** Maximum length of the output of a program whose lines nobody reads. */
const maxOutputLength = 10_000_000;
/** The lines of stderr that an error quotes. */
const maxErrorLines = 20;

export interface Programs {
  exec(command: string, args?: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** The command of a program that still runs. */
  readonly running: string | undefined;
  /** Stops all programs. Resolves once they are gone. */
  stop(): Promise<void>;
}

export function createPrograms({ abort, folder, environment }: Run): Programs {
  const stopping = new AbortController();
  const signal = AbortSignal.any([abort.signal, stopping.signal]);
  const running = new Set<{ command: string; ended: Promise<unknown> }>();

  function exec(
    command: string,
    args?: readonly string[],
    options?: ExecOptions,
  ): Promise<ExecResult> {
    const ended = execute(command, args, options);
    const each = { command, ended };
    running.add(each);
    return ended.finally(() => running.delete(each));
  }

  async function execute(
    command: string,
    args: readonly string[] = [],
    { onLine, input, cwd: chosen, env = {} }: ExecOptions = {},
  ): Promise<ExecResult> {
    signal.throwIfAborted();
    const cwd = chosen ?? (await folder.path());
    const childEnvironment = { ...environment, ...env };
    await assertFolder(cwd);
    await assertInstalled(command, cwd, childEnvironment.PATH);
    signal.throwIfAborted();
    const options = { cwd, env: childEnvironment, hasInput: input !== undefined };
    const group = await startGroup(command, args, options);
    const onAbort = () => group.stop();
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) group.stop();
    const errorLines: string[] = [];
    try {
      const takeLine = onLine && inTurn(onLine);
      const reading = Promise.all([
        takeLine ? readOutput(group, takeLine) : collectOutput(group),
        readErrors(group, errorLines, takeLine),
        input === undefined ? undefined : writeInput(group, input),
      ]);
      reading.catch(onAbort);
      const exit = await group.ended;
      // A process that left the group may hold the pipes open.
      if (signal.aborted) for (const each of [group.stdout, group.stderr]) each.destroy();
      const [stdout] = await reading;
      signal.throwIfAborted();
      if (exit.exitCode === 0) return { stdout };
      throw new ExecError(command, { ...exit, stderr: errorLines.join("\n") });
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    exec,
    get running() {
      return running.values().next().value?.command;
    },
    async stop() {
      stopping.abort(new Error("The run has ended"));
      await Promise.allSettled([...running].map(({ ended }) => ended));
    },
  };
}

/** Node reports a missing folder as a missing program. */
async function assertFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`The folder ${path} does not exist`);
}

type OnLine = NonNullable<ExecOptions["onLine"]>;

/** The lines of two streams come at the same time. */
function inTurn(onLine: OnLine): OnLine {
  let last: Promise<unknown> = Promise.resolve();
  return (line, stream) => {
    last = last.then(() => onLine(line, stream));
    return last;
  };
}

async function readOutput({ stdout }: ProcessGroup, onLine: OnLine): Promise<string> {
  for await (const line of readLines(stdout)) await onLine(line, "stdout");
  return "";
}

async function collectOutput({ stdout }: ProcessGroup): Promise<string> {
  let output = "";
  for await (const text of readTexts(stdout)) {
    output += text;
    if (output.length <= maxOutputLength) continue;
    throw new Error("The program printed more than 10 MB. Read its lines with onLine");
  }
  return output;
}

async function readErrors(
  { stderr }: ProcessGroup,
  lines: string[],
  onLine: OnLine | undefined,
): Promise<void> {
  for await (const line of readLines(stderr)) {
    lines.push(line);
    if (lines.length > maxErrorLines) lines.shift();
    await onLine?.(line, "stderr");
  }
}

/** A program may end before it has read all of its input. */
async function writeInput({ stdin }: ProcessGroup, input: ExecOptions["input"]): Promise<void> {
  try {
    await pipeline(Readable.from(contentChunks(input!)), stdin!);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EPIPE" && code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}
