/** Starts the application and a browser for the tests of one file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import { afterAll, beforeAll, beforeEach, onTestFailed } from "vitest";
import { demoAccount } from "../../../server/accounts/demo-account.ts";
import {
  type Application,
  type Environment,
  type Place,
  startApplication,
} from "../application.ts";
import { useBrowser } from "./browser.ts";

export interface ApplicationScene {
  app: Application;
  place: Place;
  port: number;
  /** A browser context that is signed in with the demo account, unless `storageState` differs. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Opens a tab in a context of its own. */
  openPage(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Starts the stopped application again on the same port, folder and settings. */
  restart(): Promise<void>;
}

export interface ApplicationOptions {
  environment?: Environment;
  backForwardCache?: boolean;
}

/** For a browser context without cookies. */
export const signedOut: BrowserContextOptions = { storageState: { cookies: [], origins: [] } };

export function useApplication(options: ApplicationOptions = {}): ApplicationScene {
  const { environment = {}, backForwardCache } = options;
  const scene = {} as ApplicationScene;
  const browser = useBrowser({ backForwardCache });
  let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>;
  let starting: Promise<Application> | undefined;

  beforeAll(async () => {
    const storageDir = await mkdtemp(join(tmpdir(), "headway-e2e-"));
    scene.place = { databaseUrl: undefined, storageDir };
    starting = startApplication(scene.place, environment);
    scene.app = await starting;
    scene.port = Number(new URL(scene.app.url).port);
    const page = await scene.openPage("/jobs", signedOut);
    await signIn(page);
    signedIn = await page.context().storageState();
  });
  afterAll(async () => {
    // The hook above may time out while the application still starts.
    const first = await starting?.catch(() => undefined);
    await Promise.all([first?.stop(), scene.app?.stop()]);
    if (scene.place) await rm(scene.place.storageDir, { recursive: true, force: true });
  });

  beforeEach(() => {
    // Contexts that the file opened in `beforeAll` serve all of its tests.
    browser.keepContexts();
    onTestFailed(() => void process.stderr.write(`The application's log:\n${scene.app.output()}`));
  });

  scene.newContext = async (contextOptions = {}) => {
    const baseURL = `http://localhost:${scene.port}`;
    const context = await browser.newContext({
      baseURL,
      storageState: signedIn,
      ...contextOptions,
    });
    context.setDefaultTimeout(60_000);
    return context;
  };
  scene.openPage = async (path, contextOptions) => {
    const page = await (await scene.newContext(contextOptions)).newPage();
    await page.goto(path);
    return page;
  };
  scene.restart = async () => {
    scene.app = await startApplication(scene.place, { ...environment, PORT: String(scene.port) });
  };
  return scene;
}

/** Fills in the sign-in form, which any page leads to; ends on the page that was requested. */
export async function signIn(
  page: Page,
  { email, password }: { email: string; password: string } = demoAccount,
): Promise<void> {
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("#submit");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Fills in the form of /sign-up; ends on the empty dashboard of the new account. */
export async function signUp(
  page: Page,
  account: { name: string; email: string; password: string },
): Promise<void> {
  for (const [name, value] of Object.entries(account)) await page.fill(`#${name}`, value);
  await page.click("#submit");
  await page.waitForURL("**/jobs");
}

/** Starts a job by its form. @returns its path, `/jobs/0198…` */
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
