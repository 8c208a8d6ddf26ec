/** The built application, started as a person does, and a browser in front of it, for one file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import {
  type Application,
  type Environment,
  jobsDirs,
  type Place,
  startApplication,
} from "../support/application.ts";
import { launchBrowser } from "../support/browser.ts";

/** A name that is not localhost: over plain http no secure context, as on a company's network. */
export const mappedHost = "headway.test";

export interface Scene {
  app: Application;
  place: Place;
  browser: Browser;
  port: number;
  /** A browser of its own, signed in with the demo account unless `storageState` says otherwise. */
  visit(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** A tab of a new browser that is signed in. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Starts the application again on the same port, folder and settings; it must be gone. */
  startAgain(): Promise<void>;
}

export interface SceneOptions {
  environment?: Environment;
  backForwardCache?: boolean;
}

/** For what takes its time, on a slow machine too. */
export const patiently = { timeout: 15_000, interval: 50 };

/** A browser that has never been here. */
export const stranger: BrowserContextOptions = { storageState: { cookies: [], origins: [] } };

export function useApplication({ environment = {}, backForwardCache }: SceneOptions = {}): Scene {
  const scene = {} as Scene;
  const contexts = new Set<BrowserContext>();
  /** What pages complained about; a violated content security policy is among it. */
  const complaints: string[] = [];
  let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>;
  const settings = {
    JOBS_DIR: [...jobsDirs, join(import.meta.dirname, "kinds")].join(":"),
    ...environment,
  };

  beforeAll(async () => {
    const storageDir = await mkdtemp(join(tmpdir(), "headway-e2e-"));
    scene.place = { databaseUrl: undefined, storageDir };
    [scene.app, scene.browser] = await Promise.all([
      startApplication(scene.place, settings),
      launchBrowser({
        args: [`--host-resolver-rules=MAP ${mappedHost} 127.0.0.1`],
        ignoreDefaultArgs: backForwardCache ? ["--disable-back-forward-cache"] : [],
      }),
    ]);
    scene.port = Number(new URL(scene.app.url).port);
    const page = await scene.open("/jobs", stranger);
    await signIn(page);
    signedIn = await page.context().storageState();
  });

  afterAll(async () => {
    await scene.browser?.close();
    await scene.app?.stop();
    if (scene.place) await rm(scene.place.storageDir, { recursive: true, force: true });
  });

  beforeEach(() => {
    // What a file opened before its tests stays for all of them.
    contexts.clear();
    onTestFailed(
      () => void process.stderr.write(`What the application said:\n${scene.app.output()}`),
    );
  });

  afterEach(async () => {
    for (const context of contexts) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  scene.visit = async (options = {}) => {
    const context = await scene.browser.newContext({
      baseURL: `http://localhost:${scene.port}`,
      storageState: signedIn,
      ...options,
    });
    contexts.add(context);
    context.setDefaultTimeout(15_000);
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("console", (message) => {
      // Some tests cut the network, and some ask for what is not there.
      const isNetwork = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isNetwork) complaints.push(message.text());
    });
    return context;
  };
  scene.open = async (path, options) => {
    const page = await (await scene.visit(options)).newPage();
    await page.goto(path);
    return page;
  };
  scene.startAgain = async () => {
    scene.app = await startApplication(scene.place, { ...settings, PORT: String(scene.port) });
  };
  return scene;
}

/** Fills in the form that any page leads to; ends on the page that was asked for. */
export async function signIn(page: Page, who = demoAccount): Promise<void> {
  await page.fill("#email", who.email);
  await page.fill("#password", who.password);
  await page.click("#submit");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Fills in the form of /sign-up; ends on the empty dashboard of a new account. */
export async function signUp(
  page: Page,
  who: { name: string; email: string; password: string },
): Promise<void> {
  for (const [name, value] of Object.entries(who)) await page.fill(`#${name}`, value);
  await page.click("#submit");
  await page.waitForURL("**/jobs");
}

/** Starts a job by its form, as a person would. @returns its path, `/jobs/0198…` */
export async function startJob(
  page: Page,
  kind: string,
  input: Record<string, string | number> = {},
): Promise<string> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) query.set(name, String(value));
  await page.goto(`/jobs/new/${kind}?${query}`);
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname;
}

/** Waits until what stands there says so, however it is spaced. */
export async function says(
  page: Page,
  selector: string,
  text: string | RegExp,
  timeout = patiently.timeout,
): Promise<void> {
  await expect
    .poll(
      async () => {
        const element = await page.$(selector);
        return (await element?.textContent())?.replace(/\s+/g, " ").trim() ?? "nothing there";
      },
      { ...patiently, timeout },
    )
    .toMatch(text);
}

/** Waits until the header says that what changes is told at once. */
export const isLive = (page: Page): Promise<void> => says(page, "#live-mark", /^Live$/);
