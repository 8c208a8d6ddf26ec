/** What pictures are taken of: each page, and what opens in place on it. */
import type { Page } from "@playwright/test";

export interface Subject {
  path: string;
  /** What a person does there first. */
  act?: (page: Page) => Promise<void>;
}

/** Paths that only the application knows. */
export interface Made {
  mapping: string;
  /** A job with a page and rejected rows, and one with a file. */
  imported: string;
  exported: string;
  /** A job in each state, by its name. */
  states: ReadonlyMap<string, string>;
}

/** @returns by the name of the picture */
export function subjects({ mapping, imported, exported, states }: Made): Map<string, Subject> {
  const opens = (selector: string) => async (page: Page) => {
    await page.locator(selector).first().click();
  };
  const named: Record<string, Subject> = {
    "sign-in": { path: "/sign-in?signed=out" },
    "sign-up": { path: "/sign-up" },
    dashboard: { path: "/jobs" },
    "dashboard-row-opened": {
      path: "/jobs",
      act: opens(".job-row.running .job-details > summary"),
    },
    "dashboard-chosen": { path: "/jobs", act: opens("#pick-all") },
    "dashboard-keys": { path: "/jobs", act: (page) => page.keyboard.press("?") },
    "nothing-matches": { path: "/jobs?q=nothing+has+this+name" },
    "all-that-match": { path: "/jobs/bulk?action=cancel" },
    "new-job": { path: "/jobs/new" },
    form: { path: "/jobs/new/countdown" },
    "form-later": { path: "/jobs/new/countdown", act: opens("#when-toggle") },
    "form-with-error": { path: "/jobs/new/countdown?from=0" },
    // The one of the demo account still waits for a worker.
    "already-running": {
      path: "/jobs/new/countdown?from=900",
      async act(page) {
        await page.click("#submit");
        await page.waitForLoadState();
      },
    },
    file: { path: "/jobs/new/contact_import" },
    mapping: { path: mapping },
    "job-done": { path: imported },
    "job-history-opened": { path: imported, act: opens("#history > summary") },
    "job-with-file": { path: exported },
    "tray-opened": { path: exported, act: opens("#tray-button") },
    contacts: { path: "/contacts" },
    settings: { path: "/settings" },
    "no-such-page": { path: "/no/such/page" },
  };
  for (const [name, path] of states) named[`job-${name}`] = { path };
  return new Map(Object.entries(named));
}
