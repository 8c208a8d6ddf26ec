/** Authentication: signing in, up and out, sessions, API tokens and preferences. */
import { parse } from "hono/utils/cookie";
import type { Backend } from "../backend/backend.ts";
import type { TokenScope } from "../backend/enums.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import {
  type ApiToken,
  createToken,
  findToken,
  listTokens,
  revokeToken,
  type TokenOptions,
} from "./api-tokens.ts";
import { createAuth } from "./auth.ts";
import { rethrowCause } from "./auth-error.ts";
import type { ClientInfo, ClientRequest } from "./client-request.ts";
import { type DemoSettings, isLockedDemo } from "./demo-account.ts";
import { ensureMembership, setRole } from "./members.ts";
import { createPasskeys, type Passkeys } from "./passkeys.ts";
import { changePassword, isPassword } from "./passwords.ts";
import { type Preferences, readPreferences, savePreferences } from "./preferences.ts";
import { createSecurityLog, type SecurityLog } from "./security-log.ts";
import { createSessionCache } from "./session-cache.ts";
import { createSessionEndSignals } from "./session-end-signals.ts";
import {
  countSessions,
  deleteExpiredSessionsOf,
  deleteOtherSessions,
  deleteSession,
  listSessions,
  maxSessionMs,
  type Session,
} from "./sessions.ts";
import { type SignedIn, signIn, signUp } from "./sign-in.ts";
import { createTwoFactor, type TwoFactor } from "./two-factor.ts";
import { findUser, type User } from "./users.ts";

export interface Person {
  userId: string;
  accountId: string;
  role: "owner" | "member";
  name: string;
  email: string;
  /** Null for a request that carries an API token. */
  sessionId: string | null;
  /** The scope of the API token, or "all" for a session. */
  scope: TokenScope;
  /** At most 5 s old. */
  preferences: Preferences;
}

export interface Accounts {
  /**
   * Finds the person by the session cookie.
   * @param renew receives a `Set-Cookie` value once a day, which extends the session; without it
   *   the session is not extended
   * @returns null for a missing, expired or forged cookie
   */
  authenticate(headers: Headers, renew?: (cookie: string) => void): Promise<Person | null>;
  /** @returns null for an unknown, revoked or expired API token */
  authenticateToken(token: string): Promise<Person | null>;
  /** For commands. The case of the email does not matter. */
  findUser(email: string): Promise<User | undefined>;

  /** @returns null if the email or the password is wrong, or the demo account is locked */
  signIn(given: { email: string; password: string }, client: ClientInfo): Promise<SignedIn | null>;
  /**
   * Creates a user with an account and signs them in. A repeated sign-up with the same password
   * signs in. The caller validates the input.
   * @returns null if the email is taken
   */
  signUp(
    given: { name: string; email: string; password: string },
    client: ClientInfo,
  ): Promise<SignedIn | null>;
  /**
   * Ends the session of the request.
   * @returns `Set-Cookie` values that delete the session's cookies
   */
  signOut(headers: Headers): Promise<{ cookies: string[] }>;

  /** Whether it is the password of the person whose session the request has. */
  isPassword(request: ClientRequest, password: string): Promise<boolean>;
  /**
   * Changes the password and ends all sessions of the person; the request's browser gets a new one.
   * @param passwords.next satisfies `findPasswordProblem`
   * @returns the `Set-Cookie` values of the new session, or null if the current password is wrong
   */
  changePassword(
    person: Person,
    request: ClientRequest,
    passwords: { current: string; next: string },
  ): Promise<{ cookies: string[] } | null>;

  /** Open sessions, newest first, at most 20. */
  listSessions(person: Person): Promise<Session[]>;
  countSessions(person: Person): Promise<number>;
  /** @returns false if the person has no such session */
  revokeSession(person: Person, sessionId: string): Promise<boolean>;
  /** Ends all sessions of the person but that of the request. @returns their number */
  revokeOtherSessions(person: Person): Promise<number>;
  /**
   * @returns the token itself, `hw_…`; only its hash is stored
   * @throws TooManyTokens
   */
  createToken(userId: string, name: string, options?: TokenOptions): Promise<string>;
  /** Newest first, expired ones included. */
  listTokens(person: Person): Promise<ApiToken[]>;
  /** @returns the name of the revoked token, or undefined if the person has no such token */
  revokeToken(person: Person, tokenId: string): Promise<string | undefined>;

  twoFactor: TwoFactor;
  passkeys: Passkeys;
  securityLog: SecurityLog;

  /** Open streams of what the user may no longer see end at once, in all processes. */
  setRole(userId: string, role: Person["role"]): Promise<void>;

  getPreferences(userId: string): Promise<Preferences>;
  /** Changes the given preferences and leaves the others as they are. */
  updatePreferences(userId: string, changes: Partial<Preferences>): Promise<void>;

  /**
   * Calls the listener with the id of each session that ends, and with the id of a user when their
   * role changes, one of their tokens is revoked or several of their sessions end, in this process or
   * any other. Open streams of that session or user must then be authorised again. Other processes
   * are listened to while there is a listener.
   * @returns a function that removes the listener
   */
  onSessionEnd(listener: (id: string) => void): () => void;
}

export function createAccounts({ backend, config, log }: AccountsParts): Accounts {
  const auth = createAuth({ backend, config, log });
  const cache = createSessionCache<Person & { sessionId: string }>();
  const listeners = new Set<(id: string) => void>();
  const signals = createSessionEndSignals(backend);
  let unsubscribe: (() => void) | undefined;

  function notify(id: string): void {
    cache.evict(id);
    for (const listener of listeners) listener(id);
  }

  async function announceEnd(id: string): Promise<void> {
    notify(id);
    // The session is deleted already: if this fails, other processes find out within 15 s.
    await signals
      .publish(id)
      .catch((error) => log.warn({ err: error }, "could not signal the end of a session"));
  }

  async function authenticate(headers: Headers, renew?: (cookie: string) => void) {
    const { authCookies } = await auth.$context;
    const { name } = authCookies.sessionToken;
    const value = parse(headers.get("cookie") ?? "", name)[name];
    if (!value) return null;
    // Passes on only the cookie that is the cache's key: of two cookies with this name better-auth
    // might read the other one.
    const cookie = new Headers({ cookie: `${name}=${encodeURIComponent(value)}` });
    return cache.get(value, () => lookUp(cookie, renew));
  }

  async function lookUp(cookie: Headers, renew?: (cookie: string) => void) {
    const { headers, response } = await auth.api
      .getSession({ headers: cookie, query: { disableRefresh: !renew }, returnHeaders: true })
      .catch(rethrowCause);
    if (!response) return null;
    const { id: userId, name, email } = response.user;
    const { id: sessionId, createdAt } = response.session;
    // better-auth extends a session as long as it is used.
    if (createdAt.getTime() + maxSessionMs <= Date.now()) {
      await deleteSession(backend, userId, sessionId);
      return null;
    }
    for (const renewed of headers.getSetCookie()) renew?.(renewed);
    const member = await loadMember(response.user);
    return { userId, name, email, ...member, sessionId, scope: "all" as const };
  }

  async function loadMember(user: { id: string; name: string }) {
    const membership = await ensureMembership(backend, user);
    return { ...membership, preferences: await readPreferences(backend.db, user.id) };
  }

  return {
    authenticate,
    async authenticateToken(token) {
      const found = await findToken(backend, token);
      const user = found && (await findUser(backend, { id: found.userId }));
      if (!user) return null;
      const { id: userId, name, email } = user;
      const { scope } = found;
      return { userId, name, email, ...(await loadMember(user)), sessionId: null, scope };
    },
    findUser: (email) => findUser(backend, { email: email.toLowerCase() }),

    async signIn(given, client) {
      if (isLockedDemo(given.email, config)) return null;
      const signedIn = await signIn({ auth, backend }, given, client);
      if (signedIn) await deleteExpiredSessionsOf(backend, signedIn.user.id);
      return signedIn;
    },
    async signUp(given, client) {
      if (isLockedDemo(given.email, config)) return null;
      const signedIn = await signUp({ auth, backend }, given, client);
      if (signedIn) await ensureMembership(backend, signedIn.user);
      return signedIn;
    },
    async signOut(headers) {
      const person = await authenticate(headers);
      if (person) {
        await deleteSession(backend, person.userId, person.sessionId);
        await announceEnd(person.sessionId);
      }
      const signedOut = await auth.api.signOut({ headers, returnHeaders: true });
      return { cookies: signedOut.headers.getSetCookie() };
    },

    isPassword: (request, password) => isPassword(auth, request, password),
    async changePassword(person, request, passwords) {
      const changed = await changePassword(auth, request, passwords);
      if (changed) await announceEnd(person.userId);
      return changed;
    },

    listSessions: (person) => listSessions(backend, person.userId),
    countSessions: (person) => countSessions(backend, person.userId),
    async revokeSession(person, sessionId) {
      const revoked = await deleteSession(backend, person.userId, sessionId);
      if (revoked) await announceEnd(sessionId);
      return revoked;
    },
    async revokeOtherSessions({ userId, sessionId }) {
      const count = await deleteOtherSessions(backend, userId, sessionId);
      if (count > 0) await announceEnd(userId);
      return count;
    },
    createToken: (userId, name, options) => createToken(backend, userId, name, options),
    listTokens: (person) => listTokens(backend, person.userId),
    async revokeToken(person, tokenId) {
      const revoked = await revokeToken(backend, person.userId, tokenId);
      if (revoked) await announceEnd(person.userId);
      return revoked;
    },

    async setRole(userId, role) {
      await setRole(backend, userId, role);
      await announceEnd(userId);
    },
    twoFactor: createTwoFactor({ auth, backend, announceEnd }),
    passkeys: createPasskeys(auth),
    securityLog: createSecurityLog({ backend, log }),

    getPreferences: (userId) => readPreferences(backend.db, userId),
    async updatePreferences(userId, changes) {
      await savePreferences(backend, userId, changes);
      cache.evict(userId);
    },

    onSessionEnd(listener) {
      listeners.add(listener);
      unsubscribe ??= signals.subscribe(notify);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        unsubscribe?.();
        unsubscribe = undefined;
      };
    },
  };
}

export interface AccountsParts {
  backend: Pick<Backend, "name" | "db" | "write" | "now" | "notifications">;
  config: Pick<Config, "port" | "secret"> & DemoSettings;
  log: Log;
}
