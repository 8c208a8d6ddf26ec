/** Finds the person who sends a request, by the session cookie or an API token. */
import { parse } from "hono/utils/cookie";
import type { Backend } from "../backend/backend.ts";
import { findToken } from "./api-tokens.ts";
import type { Auth } from "./auth.ts";
import { rethrowCause } from "./auth-error.ts";
import { ensureMembership } from "./members.ts";
import type { Person } from "./person.ts";
import { readPreferences } from "./preferences.ts";
import { createSessionCache } from "./session-cache.ts";
import { deleteSession, maxSessionMs } from "./sessions.ts";
import { findUser } from "./users.ts";

export interface Authenticator {
  /**
   * Finds the person by the session cookie.
   * @param renew receives a `Set-Cookie` value once a day, which extends the session; without it
   *   the session is not extended
   * @returns null for a missing, expired or forged cookie
   */
  authenticate(headers: Headers, renew?: (cookie: string) => void): Promise<SignedInPerson | null>;
  /** @returns null for an unknown, revoked or expired API token */
  authenticateToken(token: string): Promise<Person | null>;
}

/** Somebody who uses the pages. */
export type SignedInPerson = Person & { sessionId: string };

export function createAuthenticator(parts: {
  auth: Auth;
  backend: Pick<Backend, "db" | "write" | "now">;
}): Authenticator & {
  /** Forgets what it has read of a session, or of a user. */
  evict(id: string): void;
} {
  const { auth, backend } = parts;
  const cache = createSessionCache<SignedInPerson>();

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
    evict: (id) => cache.evict(id),
    async authenticate(headers, renew) {
      const { authCookies } = await auth.$context;
      const { name } = authCookies.sessionToken;
      const value = parse(headers.get("cookie") ?? "", name)[name];
      if (!value) return null;
      // Passes on only the cookie that is the cache's key: of two cookies with this name better-auth
      // might read the other one.
      const cookie = new Headers({ cookie: `${name}=${encodeURIComponent(value)}` });
      return cache.get(value, () => lookUp(cookie, renew));
    },
    async authenticateToken(token) {
      const found = await findToken(backend, token);
      const user = found && (await findUser(backend, { id: found.userId }));
      if (!user) return null;
      const { id: userId, name, email } = user;
      const { scope } = found;
      return { userId, name, email, ...(await loadMember(user)), sessionId: null, scope };
    },
  };
}
