import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Accounts, createAccounts } from "../../server/accounts/accounts.ts";
import type { Backend } from "../../server/backend/backend.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { ada, config, log } from "../support/cookie-browser.ts";

describe.each(backends)("two web processes on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let second: Backend;
  let here: Accounts;
  let there: Accounts;
  /** Ids that the other process was notified of. */
  let notified: string[];
  let stop: () => void;

  beforeEach(async () => {
    opened = await openTestBackend(which);
    second = await opened.another();
    here = createAccounts({ backend: opened.backend, config, log });
    there = createAccounts({ backend: second, config, log });
    notified = [];
    stop = there.onSessionEnd((id) => notified.push(id));
    // Signals that are sent before the other process listens are lost.
    let listening = false;
    const probe = second.notifications.subscribe(() => {
      listening = true;
    });
    await vi.waitFor(async () => {
      await opened.backend.write(async ({ notify: changed }) => changed("nothing"));
      expect(listening).toBe(true);
    }, 10_000);
    probe();
  });
  afterEach(async () => {
    stop();
    await second.close();
    await opened.close();
  });

  async function enter() {
    const signedIn = await here.signUp(ada, { address: "", userAgent: "" });
    return new Headers({ cookie: signedIn!.cookies[0]!.split(";")[0]! });
  }

  test("a sign-out in one process takes effect in the other in spite of its session cache", async () => {
    const headers = await enter();
    const person = await there.authenticate(headers);
    await here.signOut(headers);
    // The session cache alone would take up to 5 s.
    await vi.waitFor(() => expect(notified).toEqual([person!.sessionId]), {
      timeout: 2_000,
      interval: 10,
    });
    expect(await there.authenticate(headers)).toBeNull();
  });

  test("a revoked session or token is notified to the other process", async () => {
    const person = (await here.authenticate(await enter()))!;
    await here.revokeSession(person, person.sessionId!);
    await vi.waitFor(() => expect(notified).toEqual([person.sessionId]), 2_000);
    await here.createToken(person.userId, "for a program");
    const [token] = await here.listTokens(person);
    await here.revokeToken(person, token!.id);
    await vi.waitFor(() => expect(notified).toEqual([person.sessionId, person.userId]), 2_000);
  });
});
