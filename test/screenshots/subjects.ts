/** Every page that gets a screenshot, and every dialog, menu and details element that opens on one. */
import type { Page } from "@playwright/test";
import { demoAccount } from "../../server/accounts/demo-account.ts";

export interface Subject {
  path: string;
  /** Runs before the screenshot is taken. */
  act?: (page: Page) => Promise<void>;
}

/** Paths that contain an id. */
export interface Paths {
  mapping: string;
  /** An import with rejected rows, and an export with a result file. */
  imported: string;
  exported: string;
  schedule: string;
  /** The job in each state, by the name of the state. */
  states: ReadonlyMap<string, string>;
}

/** @returns the subjects by the name of their screenshot */
export function subjects(paths: Paths): Map<string, Subject> {
  const { mapping, imported, exported, schedule, states } = paths;
  const opens = (selector: string) => async (page: Page) => {
    await page.locator(selector).first().click();
  };
  const byName: Record<string, Subject> = {
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
    "form-of-export": { path: "/jobs/new/contact_export" },
    "form-later": { path: "/jobs/new/countdown", act: opens("#when-toggle") },
    "form-repeated": { path: "/jobs/new/countdown", act: opens("#repeat-toggle") },
    schedules: { path: "/schedules" },
    schedule: { path: schedule },
    "schedule-new": {
      path: "/jobs/new/contact_export",
      async act(page) {
        await page.click("#repeat-toggle");
        await page.fill("#repeats", "every day at 2:30");
        await page.press("#repeats", "Enter");
        await page.waitForSelector(".next-runs");
        await page.selectOption("#time-zone", "Europe/Berlin");
        await page.click("#check");
        await page.waitForLoadState();
      },
    },
    "form-with-error": { path: "/jobs/new/countdown?from=0" },
    // The countdown of the demo account is still active, so a second one is a duplicate.
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
    "contacts-found": { path: "/contacts?q=lovelace&sort=name" },
    "contacts-no-match": { path: "/contacts?q=nobody" },
    // SQLite numbers the contacts of the demo account from 1.
    contact: { path: "/contacts/1" },
    "contact-form": { path: "/contacts/1/edit" },
    "contact-delete": { path: "/contacts/1/delete" },
    settings: { path: "/settings" },
    "settings-security": { path: "/settings/security" },
    "settings-tokens": { path: "/settings/tokens" },
    "settings-activity": { path: "/settings/activity" },
    "two-factor-password": { path: "/settings/two-factor/set-up" },
    "two-factor-setup": {
      path: "/settings/two-factor/set-up",
      async act(page) {
        await page.fill("#password", demoAccount.password);
        await page.click("#submit");
        await page.waitForURL("**/confirm");
      },
    },
    "new-passkey": { path: "/settings/passkeys/new" },
    "sign-in-code": { path: "/sign-in/code" },
    "no-such-page": { path: "/no/such/page" },
  };
  for (const [name, path] of states) byName[`job-${name}`] = { path };
  return new Map(Object.entries(byName));
}
