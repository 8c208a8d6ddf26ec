import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAccounts } from "../../server/accounts/accounts.ts";
import { defaultPreferences } from "../../server/accounts/preferences.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { ada, config, log } from "../support/cookie-browser.ts";

const client = { address: "203.0.113.7", userAgent: "Lynx/2.9" };

describe.each(backends)("preferences on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;

  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  test("preferences start with defaults, are saved one by one and show in the session at once", async () => {
    const accounts = createAccounts({ backend: opened.backend, config, log });
    const { cookies, user } = (await accounts.signUp(ada, client))!;
    const headers = new Headers({ cookie: cookies.map((each) => each.split(";")[0]).join("; ") });
    const known = async () => (await accounts.authenticate(headers))!.preferences;
    expect(await known()).toEqual(defaultPreferences);
    await accounts.updatePreferences(user.id, { sound: true });
    await accounts.updatePreferences(user.id, { timeZone: "Europe/Berlin" });
    const both = { sound: true, openResult: false, timeZone: "Europe/Berlin" };
    expect(await known()).toEqual(both);
    await accounts.updatePreferences(user.id, { sound: false, timeZone: null });
    expect(await known()).toEqual(defaultPreferences);
    expect(await accounts.getPreferences(user.id)).toEqual(defaultPreferences);
  });
});
