import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Accounts, createAccounts } from "../../server/accounts/accounts.ts";
import type { Backend } from "../../server/backend/backend.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { ada, config, log } from "./app.ts";

describe.each(backends)("two web processes on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let second: Backend;
  let here: Accounts;
  let there: Accounts;
  /** What the other process heard of. */
  let heard: string[];
  let stop: () => void;

  beforeEach(async () => {
    opened = await openTestBackend(which);
    second = await opened.another();
    here = createAccounts({ backend: opened.backend, config, log });
    there = createAccounts({ backend: second, config, log });
    heard = [];
    stop = there.onSessionEnd((id) => heard.push(id));
    // What is told before the other listens is lost.
    let listening = false;
    const probe = second.signals.subscribe(() => {
      listening = true;
    });
    await vi.waitFor(async () => {
      await opened.backend.write(async ({ changed }) => changed("nothing"));
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

  test("who signs out at one is signed out at the other, whatever that one remembers", async () => {
    const headers = await enter();
    const person = await there.authenticate(headers);
    await here.signOut(headers);
    // Within far less than what it remembers a session for.
    await vi.waitFor(() => expect(heard).toEqual([person!.sessionId]), {
      timeout: 2_000,
      interval: 10,
    });
    expect(await there.authenticate(headers)).toBeNull();
  });

  test("a revoked session and a revoked token are told too", async () => {
    const person = (await here.authenticate(await enter()))!;
    await here.revokeSession(person, person.sessionId!);
    await vi.waitFor(() => expect(heard).toEqual([person.sessionId]), 2_000);
    await here.createToken(person.userId, "for a program");
    const [token] = await here.listTokens(person);
    await here.revokeToken(person, token!.id);
    await vi.waitFor(() => expect(heard).toEqual([person.sessionId, person.userId]), 2_000);
  });
});
