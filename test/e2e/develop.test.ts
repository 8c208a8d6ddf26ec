import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { type Launched, launch, untilPrinted } from "../support/processes.ts";
import { patiently, says, signIn } from "./scene.ts";

const root = join(import.meta.dirname, "../..");

/** A copy of the tree, so that what the test changes is not what a person works on. */
let tree: string;
let dev: Launched;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), "headway-tree-"));
  for (const name of ["server", "views", "public", "jobs", "migrations", "package.json"]) {
    await cp(join(root, name), join(tree, name), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(tree, "node_modules"));
  dev = launch(join(tree, "server/commands/dev.ts"), {
    PORT: String(20_000 + Math.floor(Math.random() * 20_000)),
    STORAGE_DIR: join(tree, "storage"),
    DATABASE_URL: "",
    LOG_LEVEL: "info",
  });
  [browser] = await Promise.all([launchBrowser(), untilPrinted(dev, "worker ready")]);
  page = await browser.newPage({ baseURL: /Headway runs at (\S+)/.exec(dev.output())![1]! });
  await page.goto("/jobs/new");
  await signIn(page);
});

afterAll(async () => {
  await browser?.close();
  await dev?.stop();
  if (tree) await rm(tree, { recursive: true, force: true });
});

async function change(path: string, from: string, to: string): Promise<void> {
  const file = join(tree, path);
  const before = await readFile(file, "utf8");
  expect(before).toContain(from);
  await writeFile(file, before.replace(from, to));
}

/** How often the application was started. */
const starts = (): number => dev.output().split("Headway runs at").length - 1;

describe("npm run dev", () => {
  test("an open page shows a changed template, with no new start", async () => {
    await says(page, "h1", "New job");
    await change("views/jobs/new.eta", "<h1>New job</h1>", "<h1>What shall it be?</h1>");
    await says(page, "h1", "What shall it be?");
    expect(starts()).toBe(1);
  });

  test("and a changed style", async () => {
    const size = () =>
      page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing");
    expect(await size().catch(() => "")).not.toBe("7px");
    await change("views/styles/pieces.css", ".lead {", "h1 {\n  letter-spacing: 7px;\n}\n.lead {");
    await expect.poll(() => size().catch(() => "between two pages"), patiently).toBe("7px");
    expect(starts()).toBe(1);
  });

  test("changed code is started anew, and shown", async () => {
    await change("jobs/countdown.ts", 'title: "Countdown"', 'title: "Count down slowly"');
    await says(page, "#kind-countdown", "Count down slowly");
    expect(starts()).toBe(2);
  });

  test("a mistake in the code is printed, and its correction brings the application back", async () => {
    await change("jobs/countdown.ts", "defineJob({", "defineJob(((({");
    await expect.poll(() => dev.output(), patiently).toContain("SyntaxError");
    await change("jobs/countdown.ts", "defineJob(((({", "defineJob({");
    await expect.poll(starts, patiently).toBe(3);
    // Not by the page, which loads itself again in that moment.
    expect((await page.request.get("/jobs/new")).status()).toBe(200);
  });
});
