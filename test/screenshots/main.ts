/**
 * `npm run screenshots` saves a screenshot of every page, and of a job in every state, to
 * `screenshots/`: light and dark, on a phone and on a wide screen. `screenshots/index.html` shows them
 * side by side. `npm run screenshots -- job-failed settings` saves only these two.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import Papa from "papaparse";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { openBackend } from "../../server/backend/open.ts";
import { type Application, startApplication, startWeb } from "../support/application.ts";
import { launchBrowser } from "../support/browser.ts";
import { people } from "../support/people.ts";
import { gallery } from "./gallery.ts";
import { insertStates, insertWorker, sendHeartbeat } from "./states.ts";
import { type Subject, subjects } from "./subjects.ts";

const looks = [
  { name: "wide-light", width: 1280, height: 800, colorScheme: "light" },
  { name: "wide-dark", width: 1280, height: 800, colorScheme: "dark" },
  { name: "phone-light", width: 360, height: 740, colorScheme: "light" },
  { name: "phone-dark", width: 360, height: 740, colorScheme: "dark" },
] as const;

const folder = join(import.meta.dirname, "../../screenshots");
const storageDir = await mkdtemp(join(tmpdir(), "headway-screenshots-"));
const place = { databaseUrl: undefined, storageDir };
/** Development mode, which creates the demo account, with the kinds of `jobs/` only. */
const settings = { NODE_ENV: "", JOBS_DIR: "" };
const applications = new Set<Application>();
let browser: Browser | undefined;
let heartbeat: NodeJS.Timeout | undefined;

try {
  browser = await launchBrowser();
  const subjectsByName = await prepare(browser);
  // No worker runs, so that every job stays in its state.
  const web = await startWeb(place, settings);
  applications.add(web);
  heartbeat = await simulateWorker();
  await mkdir(folder, { recursive: true });
  const chosen = process.argv.slice(2);
  const names = [...subjectsByName.keys()].filter(
    (name) => chosen.length === 0 || chosen.includes(name),
  );
  for (const look of looks) {
    const page = await signIn(browser, web.url, look);
    for (const name of names) await take(page, name, subjectsByName.get(name)!, look.name);
    await page.context().close();
  }
  await writeFile(
    join(folder, "index.html"),
    gallery(
      names,
      looks.map((look) => look.name),
    ),
  );
  process.stdout.write(
    `${names.length * looks.length} screenshots: ${join(folder, "index.html")}\n`,
  );
} finally {
  clearInterval(heartbeat);
  await browser?.close();
  for (const each of applications) await each.stop();
  await rm(storageDir, { recursive: true, force: true });
}

/**
 * Starts the application, runs an import and an export, stops it, and inserts a job in each state.
 * @returns the subjects by name
 */
async function prepare(browser: Browser): Promise<Map<string, Subject>> {
  const app = await startApplication(place, settings);
  applications.add(app);
  const page = await signIn(browser, app.url, looks[0]);
  const csv = join(storageDir, "people.csv");
  await writeFile(csv, Papa.unparse(people(400)).replace("@", "").replaceAll("7@", "7 at "));
  await page.goto("/jobs/new/contact_import");
  await page.setInputFiles("input[type=file]", csv);
  await page.click("#submit");
  await page.waitForSelector("#mapping");
  const mapping = new URL(page.url());
  const imported = await runJob(page);
  await page.goto("/jobs/new/contact_export");
  const exported = await runJob(page);
  const schedule = await createSchedule(page);
  await page.context().close();
  await app.stop();
  applications.delete(app);

  const backend = await openBackend(join(storageDir, "headway.db"));
  const owner = await backend.db
    .selectFrom("jobs")
    .select(["account_id", "user_id"])
    .where("id", "=", imported.slice("/jobs/".length))
    .executeTakeFirstOrThrow();
  const states = await insertStates(backend, owner);
  await backend.close();
  return subjects({
    mapping: mapping.pathname + mapping.search,
    imported,
    exported,
    schedule,
    states: new Map([...states].map(([name, id]) => [name, `/jobs/${id}`])),
  });
}

/** @returns the path of a schedule with a run that is done */
async function createSchedule(page: Page): Promise<string> {
  await page.goto("/jobs/new/contact_export");
  await page.click("#repeat-toggle");
  await page.fill("#repeats", "every weekday at 7:00");
  await page.press("#repeats", "Enter");
  await page.selectOption("#time-zone", "Europe/Berlin");
  await page.click("#submit");
  await page.waitForURL(/\/schedules\/[0-9a-f-]{36}$/);
  const path = new URL(page.url()).pathname;
  await page.click("#run");
  while (!(await page.textContent("#jobs"))?.includes("Exported")) {
    await page.waitForTimeout(500);
    await page.goto(path);
  }
  return path;
}

async function simulateWorker(): Promise<NodeJS.Timeout> {
  const backend = await openBackend(join(storageDir, "headway.db"));
  await insertWorker(backend);
  return setInterval(() => void sendHeartbeat(backend), 1_000);
}

/** Submits the form and waits until its job is done. @returns the path of the job */
async function runJob(page: Page): Promise<string> {
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  await page.waitForSelector(".job-panel[data-final]", { timeout: 60_000 });
  return new URL(page.url()).pathname;
}

async function signIn(browser: Browser, baseURL: string, look: (typeof looks)[number]) {
  const { width, height, colorScheme } = look;
  const context = await browser.newContext({
    baseURL,
    viewport: { width, height },
    colorScheme,
    reducedMotion: "reduce",
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.fill("#email", demoAccount.email);
  await page.fill("#password", demoAccount.password);
  await page.click("#submit");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  return page;
}

async function take(page: Page, name: string, { path, act }: Subject, look: string) {
  // The sign-in and sign-up pages redirect people who are signed in.
  const cookies = await page.context().cookies();
  if (name.startsWith("sign-")) await page.context().clearCookies();
  await page.goto(path);
  await page.waitForFunction("document.readyState === 'complete'");
  await act?.(page);
  await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
  if (name.startsWith("sign-")) await page.context().addCookies(cookies);
}
