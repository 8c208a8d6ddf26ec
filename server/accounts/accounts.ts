/** People and their credentials: signing in, up and out, sessions, API tokens and preferences. */
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import {
  type ApiToken,
  createToken,
  listTokens,
  revokeToken,
  type TokenOptions,
} from "./api-tokens.ts";
import { createAuth } from "./auth.ts";
import { type Authenticator, createAuthenticator } from "./authenticate.ts";
import type { ClientInfo, ClientRequest } from "./client-request.ts";
import { type DemoSettings, isLockedDemo } from "./demo-account.ts";
import { ensureMembership, setRole } from "./members.ts";
import { createPasskeys, type Passkeys } from "./passkeys.ts";
import { changePassword, isPassword } from "./passwords.ts";
import type { Person } from "./person.ts";
import { type Preferences, readPreferences, savePreferences } from "./preferences.ts";
import { type ResetSecondFactors, resetSecondFactors } from "./reset-second-factors.ts";
import { createSecurityLog, type SecurityLog } from "./security-log.ts";
import { createSessionEnds, type SessionEnds } from "./session-ends.ts";
import {
  countSessions,
  deleteExpiredSessionsOf,
  deleteOtherSessions,
  deleteSession,
  listSessions,
  type Session,
} from "./sessions.ts";
import { type SignedIn, signIn, signUp } from "./sign-in.ts";
import { createTwoFactor, type TwoFactor } from "./two-factor.ts";
import { findUser, type User } from "./users.ts";

export interface Accounts extends Authenticator, SessionEnds {
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

  /** For commands. Ends all sessions of the user, whose password alone then signs in. */
  resetSecondFactors(userId: string): Promise<ResetSecondFactors>;
  twoFactor: TwoFactor;
  passkeys: Passkeys;
  securityLog: SecurityLog;

  /** Open streams of what the user may no longer see end at once, in all processes. */
  setRole(userId: string, role: Person["role"]): Promise<void>;

  getPreferences(userId: string): Promise<Preferences>;
  /** Changes the given preferences and leaves the others as they are. */
  updatePreferences(userId: string, changes: Partial<Preferences>): Promise<void>;
}

export function createAccounts({ backend, config, log }: AccountsParts): Accounts {
  const auth = createAuth({ backend, config, log });
  const { evict, ...authenticator } = createAuthenticator({ auth, backend });
  const { announce: announceEnd, onSessionEnd } = createSessionEnds({ backend, log, evict });

  return {
    ...authenticator,
    onSessionEnd,
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
      const person = await authenticator.authenticate(headers);
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
    async resetSecondFactors(userId) {
      const reset = await resetSecondFactors(backend, userId);
      await announceEnd(userId);
      return reset;
    },
    twoFactor: createTwoFactor({ auth, backend, announceEnd }),
    passkeys: createPasskeys(auth, { backend, config, log }),
    securityLog: createSecurityLog({ backend, log }),

    getPreferences: (userId) => readPreferences(backend.db, userId),
    async updatePreferences(userId, changes) {
      await savePreferences(backend, userId, changes);
      evict(userId);
    },
  };
}

export interface AccountsParts {
  backend: Pick<Backend, "name" | "db" | "write" | "now" | "notifications">;
  config: Pick<Config, "port" | "secret"> & DemoSettings;
  log: Log;
}
