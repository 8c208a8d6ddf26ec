/** Measures `npm run dev`: the time from a saved file until an open page shows the change. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { copyProject } from "../../test/docs/project-copy.ts";
import { launchBrowser } from "../../test/support/browser.ts";
import { launch, untilPrinted } from "../../test/support/processes.ts";
import { signIn } from "../../test/support/scene/application.ts";
import { type Row, within } from "../support/row.ts";
import { median } from "../support/statistics.ts";

const repetitions = 10;
const limitMs = 1_000;
/** Builds and workers that follow a change are over by then, as between two edits of a person. */
const restMs = 2_000;

interface Edit {
  what: string;
  /** From the root of the project. */
  path: string;
  from: string;
  /** @returns the text in place of `from` */
  to(number: number): string;
  /** @returns an expression that is true in a page that shows the change */
  isShown(number: number): string;
}

const edits: readonly Edit[] = [
  {
    what: "template",
    path: "views/jobs/form.eta",
    from: '<p class="lead">',
    to: (number) => `<p class="lead">Edit ${number}: `,
    isShown: (number) =>
      `document.querySelector(".lead").textContent.startsWith("Edit ${number}:")`,
  },
  {
    what: "style",
    path: "views/styles/page.css",
    from: ".lead {",
    to: (number) => `.lead {\n  letter-spacing: ${number}px;`,
    isShown: (number) =>
      `getComputedStyle(document.querySelector(".lead")).letterSpacing === "${number}px"`,
  },
  {
    what: "kind",
    path: "jobs/countdown.ts",
    from: 'title: "Countdown"',
    to: (number) => `title: "Countdown ${number}"`,
    isShown: (number) => `document.querySelector("h1").textContent === "Countdown ${number}"`,
  },
];

export async function development(): Promise<Row[]> {
  const project = await copyProject();
  const port = await freePort();
  const dev = launch(join(project.dir, "server/commands/dev.ts"), {
    ...{ PORT: String(port), STORAGE_DIR: join(project.dir, "storage"), DATABASE_URL: "" },
    LOG_LEVEL: "info",
  });
  const browser = await launchBrowser();
  try {
    await untilPrinted(dev, "worker ready");
    // Pages allow no code in a string, which waiting for an expression needs.
    const page = await browser.newPage({ baseURL: `http://localhost:${port}`, bypassCSP: true });
    await page.goto("/jobs/new/countdown");
    await signIn(page);
    const rows: Row[] = [];
    for (const edit of edits) rows.push(...(await measure(page, project.dir, edit)));
    return rows;
  } finally {
    await browser.close();
    await dev.stop();
    await project.remove();
  }
}

async function measure(page: Page, dir: string, edit: Edit): Promise<Row[]> {
  const path = join(dir, edit.path);
  const text = await readFile(path, "utf8");
  const times: number[] = [];
  for (let number = 1; number <= repetitions; number++) {
    await sleep(restMs);
    const startedAt = performance.now();
    await writeFile(path, text.replace(edit.from, edit.to(number)));
    await page.waitForFunction(edit.isShown(number), undefined, { polling: "raf" });
    times.push(performance.now() - startedAt);
  }
  const row = (which: string, ours: number) =>
    within({
      what: `saved ${edit.what} shown in a page, ${which}`,
      ours,
      unit: "ms",
      limit: limitMs,
    });
  return [row("median", median(times)), row(`slowest of ${repetitions}`, Math.max(...times))];
}
