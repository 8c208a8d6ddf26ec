/** Starts a live server and a browser for the tests of one file. */
import type { BrowserContext, Page } from "@playwright/test";
import { afterEach, beforeEach } from "vitest";
import { type LiveServer, startLiveServer } from "../live-server.ts";
import { mappedHost, useBrowser } from "./browser.ts";

export interface LiveServerScene {
  server: LiveServer;
  context: BrowserContext;
  /** Opens a tab. @param path "/jobs/0198…" */
  openPage(path: string): Promise<Page>;
}

/** Gives each test of the file a server and a browser context of its own. */
export function useLiveServer(options: { backForwardCache?: boolean } = {}): LiveServerScene {
  const scene = {} as LiveServerScene;

  // Declared before `useBrowser`, so that it runs after the browser has closed its contexts.
  afterEach(() => scene.server.stop());
  const browser = useBrowser(options);
  beforeEach(async () => {
    scene.server = await startLiveServer();
    const baseURL = `http://${mappedHost}:${scene.server.port}`;
    scene.context = await browser.newContext({ baseURL });
  });

  scene.openPage = async (path) => {
    const page = await scene.context.newPage();
    await page.goto(path);
    return page;
  };
  return scene;
}
