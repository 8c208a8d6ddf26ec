import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { type Launched, launch, untilPrinted } from "../support/processes.ts";
import { signIn, startJob } from "../support/scene/application.ts";
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
  const context = await browser.newContext({
    baseURL: /Headway runs at (\S+)/.exec(dev.output())![1]!,
  });
  page = await context.newPage();
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

/** Counts how often a process has printed that it is ready. */
const count = (text: string): number => dev.output().split(text).length - 1;
const countStarts = () => count("Headway runs at");
const countWorkers = () => count("worker ready");

/** Marks the document, which a load of the page would replace. */
const markDocument = () => page.evaluate("document.isMarked = true");
const isMarked = () => page.evaluate("document.isMarked === true");

const problems = "#dev-problems";
const noProblem = () => expect.poll(() => page.locator(problems).count()).toBe(0);

describe("npm run dev", () => {
  test("a second start says which process has the port, and does not blame the code", async () => {
    const port = new URL(page.url()).port;
    const second = launch(join(tree, "server/commands/dev.ts"), {
      ...{ PORT: port, STORAGE_DIR: join(tree, "second"), DATABASE_URL: "" },
    });
    expect((await second.exited).code).toBe(1);
    expect(second.output()).toContain(`process ${dev.pid} (`);
    expect(second.output()).toContain("server/commands/dev.ts) uses the port");
    expect(second.output()).toContain(`PORT=${Number(port) + 1}`);
    expect(second.output()).not.toContain("this code");
  });

  test("a page takes over a changed template, and keeps typed text, opened parts and scroll", async () => {
    await page.setViewportSize({ width: 800, height: 300 });
    await page.goto("/jobs/new/countdown");
    await page.fill("#f-from", "77");
    await page.click("#when-toggle");
    await page.evaluate("scrollTo(0, 60)");
    await markDocument();
    await editFile("views/jobs/form.eta", '<p class="lead">', '<p class="lead">Slowly: ');
    await expectText(page, ".lead", /^Slowly: /);
    expect(await page.inputValue("#f-from")).toBe("77");
    expect(
      await page.evaluate("document.querySelector('#when-toggle').closest('details').open"),
    ).toBe(true);
    expect(await page.evaluate("scrollY")).toBe(60);
    expect(await isMarked()).toBe(true);
    expect(countStarts()).toBe(1);
  });

  test("a page takes over a changed style without being loaded again", async () => {
    const spacing = () =>
      page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing");
    expect(await spacing()).not.toBe("7px");
    await editFile("views/styles/page.css", ".lead {", "h1 {\n  letter-spacing: 7px;\n}\n.lead {");
    await expect.poll(spacing).toBe("7px");
    expect(await page.inputValue("#f-from")).toBe("77");
    expect(await isMarked()).toBe(true);
  });

  test("a mistake in a style is shown on the page as it was", async () => {
    await editFile("views/app.css", '"./styles/page.css"', '"./styles/pages.css"');
    await expectText(page, problems, /styles cannot be built.*pages\.css/);
    await editFile("views/app.css", '"./styles/pages.css"', '"./styles/page.css"');
    await noProblem();
    expect(await isMarked()).toBe(true);
  });

  test("a mistake in a template is shown on the page as it was, with file, line and expression", async () => {
    await editFile("views/jobs/form.eta", "<%= it.description %>", "<%= it.descripton %>");
    await expectText(page, problems, /cannot print undefined/);
    await expectText(page, `${problems} .expression`, "it.descripton");
    await expectText(page, `${problems} #error-place`, /^views\/jobs\/form\.eta:4:\d+$/);
    await expectText(
      page,
      `${problems} .marked`,
      /^4<p class="lead">Slowly: <%= it\.descripton %>/,
    );
    expect(await page.inputValue("#f-from")).toBe("77");
    // A page that is loaded meanwhile shows the mistake in its place, and heals by itself.
    const other = await page.context().newPage();
    await other.goto("/jobs/new/countdown");
    await expectText(other, "main h1", "cannot print undefined");
    await editFile("views/jobs/form.eta", "<%= it.descripton %>", "<%= it.description %>");
    await expectText(other, "h1", "Countdown");
    await other.close();
    await noProblem();
    expect(await isMarked()).toBe(true);
  });

  test("a syntax error in the layout itself is shown with its line", async () => {
    await editFile("views/layout.eta", "<% if (flash) { %>", "<% if (flash { %>");
    await expectText(page, problems, /missing \) after|Unexpected token/);
    await expectText(page, `${problems} #error-place`, /^views\/layout\.eta:\d+:\d+$/);
    await editFile("views/layout.eta", "<% if (flash { %>", "<% if (flash) { %>");
    await noProblem();
  });

  test("a changed kind replaces the worker alone, and a page shows it at once", async () => {
    await page.goto("/jobs/new");
    await markDocument();
    await editFile("jobs/countdown.ts", 'title: "Countdown"', 'title: "Count down slowly"');
    await expectText(page, "#kind-countdown", "Count down slowly");
    await expect.poll(countWorkers).toBe(2);
    expect(countStarts()).toBe(1);
    expect(await isMarked()).toBe(true);
  });

  test("a syntax error in a kind takes no page away, and is shown with its line", async () => {
    await editFile("jobs/countdown.ts", "defineJob({", "defineJob(((({");
    await expectText(page, problems, /jobs\/countdown\.ts:\d+/);
    expect((await page.request.get("/jobs/new/countdown")).status()).toBe(200);
    await editFile("jobs/countdown.ts", "defineJob(((({", "defineJob({");
    await noProblem();
    await expectText(page, "#kind-countdown", "Count down slowly");
    expect(countStarts()).toBe(1);
  });

  test("a job whose kind throws shows the line of the kind in its log", async () => {
    const workers = countWorkers();
    await editFile("jobs/countdown.ts", "await job.sleep(1_000);", "[].at(0).then();");
    await expect.poll(countWorkers).toBeGreaterThan(workers);
    await startJob(page, "countdown", { from: 3 });
    await expectText(page, ".log-lines", /TypeError: Cannot read properties of undefined/);
    await expectText(page, ".log-lines", /jobs\/countdown\.ts:\d+:\d+.*\[\]\.at\(0\)\.then\(\);/);
    await editFile("jobs/countdown.ts", "[].at(0).then();", "await job.sleep(1_000);");
  });

  test("changed code starts a new application, and no request is refused meanwhile", async () => {
    await page.goto("/jobs/new");
    const answers: (number | string)[] = [];
    // Each on a connection of its own, which has to be accepted.
    const address = new URL("/up", page.url());
    const requests = setInterval(() => {
      get(address, { agent: false }, (answer) => answers.push(answer.resume().statusCode ?? 0)).on(
        "error",
        (error) => answers.push(error.message),
      );
    }, 50);
    await editFile("server/presenters/job-form.ts", '"Start"', '"Start at once"');
    await expect.poll(countStarts).toBe(2);
    await expect.poll(() => dev.output()).toMatch(/"role":"web"[^\n]*"stopping"/);
    await expect
      .poll(() => page.request.get("/jobs/new/countdown").then((each) => each.text()))
      .toContain("Start at once");
    clearInterval(requests);
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  test("code that does not start leaves the application before it running, and says so", async () => {
    await editFile("server/presenters/job-form.ts", "export function", "export funktion");
    await expect.poll(() => dev.output()).toContain("the version before goes on");
    await expectText(page, problems, /server\/presenters\/job-form\.ts:\d+/);
    expect((await page.request.get("/jobs/new")).status()).toBe(200);
    await editFile("server/presenters/job-form.ts", "export funktion", "export function");
    await expect.poll(countStarts).toBe(3);
    await noProblem();
  });

  test("a preview follows its template", async () => {
    await page.goto("/previews/shared/_status_badge?state=running");
    const frame = page.frameLocator(".phone.light iframe");
    await expect.poll(() => frame.locator("main").textContent()).toContain("Running");
    await editFile("views/shared/_status_badge.eta", "<%= it.label %>", "<%= it.label %> indeed");
    await expect.poll(() => frame.locator("main").textContent()).toContain("Running indeed");
    expect(await page.locator(problems).count()).toBe(0);
  });
});
