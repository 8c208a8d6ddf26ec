/** A real Chromium for the tests, wherever they run. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type LaunchOptions } from "@playwright/test";

const systemBrowsers = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const isRoot = process.getuid?.() === 0;

const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts a browser: the system's, else Playwright's, which is installed where it is missing.
 * @throws with all that was tried, where none starts and none can be installed
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const failures: string[] = [];
  for (const prepare of [undefined, ...waysToInstall()]) {
    if (prepare) tryTo(prepare, failures);
    for (const path of browsersHere()) {
      try {
        return await chromium.launch({
          executablePath: path,
          ...options,
          args: [...quiet, ...(isRoot ? ["--no-sandbox"] : []), ...(options.args ?? [])],
        });
      } catch (error) {
        // Some systems have a program of that name which only says how to install the real one.
        failures.push(`${path}: ${String(error)}`);
      }
    }
  }
  throw new Error(
    `The browser tests need Chromium or Chrome. Looked at ${systemBrowsers.join(", ")} and ` +
      `${chromium.executablePath()}, and tried to install one.\n${failures.join("\n")}`,
  );
}

function browsersHere(): string[] {
  return [...systemBrowsers, chromium.executablePath()].filter((path) => existsSync(path));
}

function waysToInstall(): string[][] {
  const playwright = createRequire(import.meta.url).resolve("@playwright/test/cli");
  const ways = [[process.execPath, playwright, "install", "chromium"]];
  if (isRoot && existsSync("/usr/bin/apt-get")) {
    ways.push(["sh", "-c", "apt-get update && apt-get install -y chromium"]);
  }
  return ways;
}

function tryTo([program = "", ...args]: string[], failures: string[]): void {
  try {
    execFileSync(program, args, { stdio: "pipe", timeout: 300_000 });
  } catch (error) {
    failures.push(`${[program, ...args].join(" ")}: ${String(error)}`);
  }
}
