/** Runs a command in a pseudo terminal, which `script` of util-linux (or of macOS) opens. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { onTestFailed, onTestFinished } from "vitest";
import { descendantsOf, signalTo } from "./processes.ts";

const root = join(import.meta.dirname, "../..");

export interface Terminal {
  /** The whole output, with its escape sequences. */
  output(): string;
  /** Types a text. Ctrl-C is "\u0003". */
  type(text: string): void;
  /** Resolves when the text has been printed `times` times. */
  untilShown(text: string, times?: number): Promise<void>;
  /** Resolves when the text has been printed once more. */
  untilShownAgain(text: string): Promise<void>;
  /** @returns the exit code */
  readonly exited: Promise<number | null>;
}

export function openTerminal(command: string, environment: Record<string, string>): Terminal {
  const isMac = process.platform === "darwin";
  const args = isMac ? ["-q", "/dev/null", "sh", "-c", command] : ["-qec", command, "/dev/null"];
  // Variables of the test runner, and of machines without a terminal, choose the colours otherwise.
  const unset = { FORCE_COLOR: undefined, NO_COLOR: undefined, CI: undefined };
  const env = { ...process.env, TERM: "xterm-256color", ...unset, ...environment };
  const child = spawn("script", args, { cwd: root, env, stdio: ["pipe", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const exited = new Promise<number | null>((resolve) => void child.on("exit", resolve));
  onTestFailed(() => void process.stderr.write(`The terminal:\n${printed}\n`));
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    for (const pid of [child.pid!, ...descendantsOf(child.pid!)]) signalTo(pid, "SIGKILL");
    await exited;
  });
  const countOf = (text: string) => stripVTControlCharacters(printed).split(text).length - 1;
  async function untilShown(text: string, times = 1): Promise<void> {
    for (const deadline = Date.now() + 120_000; countOf(text) < times; ) {
      if (Date.now() > deadline) throw new Error(`The terminal never showed "${text}"`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  return {
    output: () => printed,
    type: (text) => void child.stdin.write(text),
    untilShown,
    untilShownAgain: (text) => untilShown(text, countOf(text) + 1),
    exited,
  };
}
