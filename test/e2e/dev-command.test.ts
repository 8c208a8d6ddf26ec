import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { type Launched, launch, untilPrinted } from "../support/processes.ts";
import { signIn } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const root = join(import.meta.dirname, "../..");

/** A copy of the source tree, which the tests edit. */
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

async function editFile(path: string, from: string, to: string): Promise<void> {
  const file = join(tree, path);
  const before = await readFile(file, "utf8");
  expect(before).toContain(from);
  await writeFile(file, before.replace(from, to));
}

/** Counts how often the application has started. */
const countStarts = (): number => dev.output().split("Headway runs at").length - 1;

describe("npm run dev", () => {
  test("an open page shows a changed template without a restart", async () => {
    await expectText(page, "h1", "New job");
    await editFile("views/jobs/new.eta", "<h1>New job</h1>", "<h1>What shall it be?</h1>");
    await expectText(page, "h1", "What shall it be?");
    expect(countStarts()).toBe(1);
  });

  test("an open page shows a changed style without a restart", async () => {
    const size = () =>
      page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing");
    expect(await size().catch(() => "")).not.toBe("7px");
    await editFile("views/styles/page.css", ".lead {", "h1 {\n  letter-spacing: 7px;\n}\n.lead {");
    await expect.poll(() => size().catch(() => "between two pages")).toBe("7px");
    expect(countStarts()).toBe(1);
  });

  test("changed code restarts the application and is shown by an open page", async () => {
    await editFile("jobs/countdown.ts", 'title: "Countdown"', 'title: "Count down slowly"');
    await expectText(page, "#kind-countdown", "Count down slowly");
    expect(countStarts()).toBe(2);
  });

  test("a syntax error is printed, and its correction restarts the application", async () => {
    await editFile("jobs/countdown.ts", "defineJob({", "defineJob(((({");
    await expect.poll(() => dev.output()).toContain("SyntaxError");
    await editFile("jobs/countdown.ts", "defineJob(((({", "defineJob({");
    await expect.poll(countStarts).toBe(3);
    // Not by the page, which may be reloading now.
    expect((await page.request.get("/jobs/new")).status()).toBe(200);
  });
});
