/** People: who a request comes from, signing in, up and out, their sessions and API tokens. */
import { parse } from "hono/utils/cookie";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import {
  type ApiToken,
  createToken,
  findTokenUserId,
  listTokens,
  revokeToken,
} from "./api-tokens.ts";
import { createAuth } from "./auth.ts";
import { rethrowCause } from "./auth-error.ts";
import { ensureMembership } from "./members.ts";
import { type Preferences, readPreferences, savePreferences } from "./preferences.ts";
import { createSessionCache } from "./session-cache.ts";
import { createSessionEndSignals } from "./session-end-signals.ts";
import { deleteExpiredSessionsOf, deleteSession, listSessions, type Session } from "./sessions.ts";
import { type ClientInfo, type SignedIn, signIn, signUp } from "./sign-in.ts";
import { findUser, type User } from "./users.ts";

export interface Person {
  userId: string;
  accountId: string;
  role: "owner" | "member";
  name: string;
  email: string;
  /** Null where an API token was sent. */
  sessionId: string | null;
  /** As they were at most 5 s ago. */
  preferences: Preferences;
}

export interface Accounts {
  /**
   * Who the session cookie of a request belongs to.
   * @param renew takes a `Set-Cookie` value now and then, so that a session in use does not
   *   expire; without it the session is not prolonged
   */
  authenticate(headers: Headers, renew?: (cookie: string) => void): Promise<Person | null>;
  /** Whose API token this is. */
  authenticateToken(token: string): Promise<Person | null>;
  /** The user with this email, for commands. */
  findUser(email: string): Promise<User | undefined>;

  /** @returns null where the email or the password is wrong */
  signIn(given: { email: string; password: string }, visitor: ClientInfo): Promise<SignedIn | null>;
  /**
   * Makes a user with an account and signs in; who has signed up before with the same password
   * is signed in. What is given must have been checked.
   * @returns null where the email is taken
   */
  signUp(
    given: { name: string; email: string; password: string },
    visitor: ClientInfo,
  ): Promise<SignedIn | null>;
  /**
   * Ends the session of the request.
   * @returns `Set-Cookie` values that take its cookies away
   */
  signOut(headers: Headers): Promise<{ cookies: string[] }>;

  /** Those that are open, the newest first. */
  listSessions(person: Person): Promise<Session[]>;
  /** @returns false where the person has no such session */
  revokeSession(person: Person, sessionId: string): Promise<boolean>;
  /** @returns the token itself, `hw_…`, which cannot be had again */
  createToken(userId: string, name: string): Promise<string>;
  /** The newest first. */
  listTokens(person: Person): Promise<ApiToken[]>;
  /** @returns false where the person has no such token */
  revokeToken(person: Person, tokenId: string): Promise<boolean>;

  getPreferences(userId: string): Promise<Preferences>;
  /** Changes those that are given. */
  updatePreferences(userId: string, changes: Partial<Preferences>): Promise<void>;

  /**
   * Calls the listener with the id of a session that ended, in this process or another, or with
   * that of a user one of whose tokens did: what was opened with either must be authorised anew.
   * Sessions that ended elsewhere are heard of from the first listener on.
   * @returns a function that ends the subscription
   */
  onSessionEnd(listener: (id: string) => void): () => void;
}

export function createAccounts({ backend, config, log }: AccountsParts): Accounts {
  const auth = createAuth({ backend, config, log });
  const cache = createSessionCache<Person & { sessionId: string }>();
  const listeners = new Set<(id: string) => void>();
  const elsewhere = createSessionEndSignals(backend);
  let stopHearing: (() => void) | undefined;

  function ended(id: string): void {
    cache.forget(id);
    for (const listener of listeners) listener(id);
  }

  async function end(id: string): Promise<void> {
    ended(id);
    // It has ended, whether the others hear of it or find out.
    await elsewhere
      .publish(id)
      .catch((error) => log.warn({ err: error }, "others were not told that a session ended"));
  }

  async function personOf(headers: Headers, renew?: (cookie: string) => void) {
    const { authCookies } = await auth.$context;
    const { name } = authCookies.sessionToken;
    const value = parse(headers.get("cookie") ?? "", name)[name];
    if (!value) return null;
    // Nothing but the value that the cache goes by is handed on: of two cookies with one name
    // better-auth might choose the other.
    const cookie = new Headers({ cookie: `${name}=${encodeURIComponent(value)}` });
    return cache.get(value, () => lookUp(cookie, renew));
  }

  async function lookUp(cookie: Headers, renew?: (cookie: string) => void) {
    const { headers, response } = await auth.api
      .getSession({ headers: cookie, query: { disableRefresh: !renew }, returnHeaders: true })
      .catch(rethrowCause);
    if (!response) return null;
    for (const renewed of headers.getSetCookie()) renew?.(renewed);
    const { id: userId, name, email } = response.user;
    const sessionId = response.session.id;
    return { userId, name, email, ...(await ofUser(response.user)), sessionId };
  }

  async function ofUser(user: { id: string; name: string }) {
    const membership = await ensureMembership(backend, user);
    return { ...membership, preferences: await readPreferences(backend.db, user.id) };
  }

  return {
    authenticate: personOf,
    async authenticateToken(token) {
      const userId = await findTokenUserId(backend, token);
      const user = userId && (await findUser(backend, { id: userId }));
      if (!user) return null;
      const { id, name, email } = user;
      return { userId: id, name, email, ...(await ofUser(user)), sessionId: null };
    },
    findUser: (email) => findUser(backend, { email: email.toLowerCase() }),

    async signIn(given, visitor) {
      const signedIn = await signIn(auth, given, visitor);
      if (signedIn) await deleteExpiredSessionsOf(backend, signedIn.user.id);
      return signedIn;
    },
    async signUp(given, visitor) {
      const signedIn = await signUp({ auth, backend }, given, visitor);
      if (signedIn) await ensureMembership(backend, signedIn.user);
      return signedIn;
    },
    async signOut(headers) {
      const person = await personOf(headers);
      if (person) {
        await deleteSession(backend, person.userId, person.sessionId);
        await end(person.sessionId);
      }
      const signedOut = await auth.api.signOut({ headers, returnHeaders: true });
      return { cookies: signedOut.headers.getSetCookie() };
    },

    listSessions: (person) => listSessions(backend, person.userId),
    async revokeSession(person, sessionId) {
      const revoked = await deleteSession(backend, person.userId, sessionId);
      if (revoked) await end(sessionId);
      return revoked;
    },
    createToken: (userId, name) => createToken(backend, userId, name),
    listTokens: (person) => listTokens(backend, person.userId),
    async revokeToken(person, tokenId) {
      const revoked = await revokeToken(backend, person.userId, tokenId);
      if (revoked) await end(person.userId);
      return revoked;
    },

    getPreferences: (userId) => readPreferences(backend.db, userId),
    async updatePreferences(userId, changes) {
      await savePreferences(backend, userId, changes);
      cache.forget(userId);
    },

    onSessionEnd(listener) {
      listeners.add(listener);
      stopHearing ??= elsewhere.subscribe(ended);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stopHearing?.();
        stopHearing = undefined;
      };
    },
  };
}

export interface AccountsParts {
  backend: Pick<Backend, "name" | "db" | "write" | "now" | "signals">;
  config: Pick<Config, "publicUrl" | "port" | "secret">;
  log: Log;
}
