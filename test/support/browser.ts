/** Launches Chromium on any machine that runs the tests. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type LaunchOptions } from "@playwright/test";

/** Draws no window of its own, and so takes a third of the CPU time, but has no back/forward cache. */
const headlessShell = "/usr/lib/chromium/chromium-headless-shell";
const systemBrowsers = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

export interface BrowserOptions extends LaunchOptions {
  /** Whether the test needs more than a headless shell. */
  isWhole?: boolean;
}

const isRoot = process.getuid?.() === 0;

const quietArgs = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Launches the browser of the system, or else that of Playwright, which it installs if necessary.
 * @throws an error that lists all attempts
 */
export async function launchBrowser({
  isWhole = false,
  ...options
}: BrowserOptions = {}): Promise<Browser> {
  const failures: string[] = [];
  for (const prepare of [undefined, ...installCommands()]) {
    if (prepare) tryToRun(prepare, failures);
    for (const path of installedBrowsers(isWhole)) {
      try {
        return await chromium.launch({
          executablePath: path,
          ...options,
          args: [...quietArgs, ...(isRoot ? ["--no-sandbox"] : []), ...(options.args ?? [])],
        });
      } catch (error) {
        // On some systems this program only prints how to install Chromium.
        failures.push(`${path}: ${String(error)}`);
      }
    }
  }
  throw new Error(
    `The browser tests need Chromium or Chrome. Looked at ${systemBrowsers.join(", ")} and ` +
      `${chromium.executablePath()}, and tried to install one.\n${failures.join("\n")}`,
  );
}

function installedBrowsers(isWhole: boolean): string[] {
  const light = isWhole ? [] : [headlessShell];
  return [...light, ...systemBrowsers, chromium.executablePath()].filter((path) =>
    existsSync(path),
  );
}

function installCommands(): string[][] {
  const playwright = createRequire(import.meta.url).resolve("@playwright/test/cli");
  const commands = [[process.execPath, playwright, "install", "chromium"]];
  if (isRoot && existsSync("/usr/bin/apt-get")) {
    // Not together, because some systems have no package of the shell.
    for (const name of ["chromium-headless-shell", "chromium"]) {
      commands.push(["sh", "-c", `apt-get update && apt-get install -y ${name}`]);
    }
  }
  return commands;
}

function tryToRun([program = "", ...args]: string[], failures: string[]): void {
  try {
    execFileSync(program, args, { stdio: "pipe", timeout: 300_000 });
  } catch (error) {
    failures.push(`${[program, ...args].join(" ")}: ${String(error)}`);
  }
}
