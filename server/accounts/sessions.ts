/** Lists and deletes the sessions that better-auth creates. */
import type { Backend } from "../backend/backend.ts";
import { compressAddress } from "./client-address.ts";
import { authTables } from "./users.ts";

export interface Session {
  id: string;
  userAgent: string;
  /** Empty if unknown. */
  address: string;
  signedInAt: Date;
}

type Database = Pick<Backend, "db">;

/** A session ends this long after the sign-in, however much it is used. */
export const maxSessionMs = 90 * 86_400_000;

const maxListed = 20;

/** Open sessions, newest first, at most 20. */
export async function listSessions(backend: Database, userId: string): Promise<Session[]> {
  const rows = await openSessions(backend, userId)
    .select(["id", "userAgent", "ipAddress", "createdAt"])
    .orderBy("createdAt", "desc")
    .limit(maxListed)
    .execute();
  return rows.map(({ id, userAgent, ipAddress, createdAt }) => ({
    id,
    userAgent: userAgent ?? "",
    address: compressAddress(ipAddress ?? ""),
    signedInAt: new Date(createdAt),
  }));
}

/** @returns the number of open sessions, of which `listSessions` may return a part */
export async function countSessions(backend: Database, userId: string): Promise<number> {
  const { count } = await openSessions(backend, userId)
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function openSessions(backend: Database, userId: string) {
  return authTables(backend)
    .selectFrom("sessions")
    .where("userId", "=", userId)
    .where("expiresAt", ">", new Date().toISOString())
    .where("createdAt", ">", oldestSignIn());
}

/** @returns false if the user has no such session */
export async function deleteSession(
  backend: Database,
  userId: string,
  sessionId: string,
): Promise<boolean> {
  const { numDeletedRows } = await authTables(backend)
    .deleteFrom("sessions")
    .where("id", "=", sessionId)
    .where("userId", "=", userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/**
 * Deletes all sessions of the user but one.
 * @param keptId null to keep none
 * @returns the number of deleted sessions
 */
export async function deleteOtherSessions(
  backend: Database,
  userId: string,
  keptId: string | null,
): Promise<number> {
  let others = authTables(backend).deleteFrom("sessions").where("userId", "=", userId);
  if (keptId) others = others.where("id", "!=", keptId);
  const { numDeletedRows } = await others.executeTakeFirst();
  return Number(numDeletedRows);
}

/** Deletes up to `limit` expired sessions of all users. @returns the number of deleted sessions */
export async function deleteExpiredSessions(backend: Database, limit: number): Promise<number> {
  const expired = authTables(backend)
    .selectFrom("sessions")
    .select("id")
    .where(({ or, eb }) =>
      or([eb("expiresAt", "<=", new Date().toISOString()), eb("createdAt", "<=", oldestSignIn())]),
    )
    .limit(limit);
  const { numDeletedRows } = await authTables(backend)
    .deleteFrom("sessions")
    .where("id", "in", expired)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Deletes the expired sessions of one user. */
export async function deleteExpiredSessionsOf(backend: Database, userId: string): Promise<void> {
  await authTables(backend)
    .deleteFrom("sessions")
    .where("userId", "=", userId)
    .where("expiresAt", "<=", new Date().toISOString())
    .execute();
}

/** The time of sign-in of the oldest sessions that are still open. */
function oldestSignIn(): string {
  return new Date(Date.now() - maxSessionMs).toISOString();
}
