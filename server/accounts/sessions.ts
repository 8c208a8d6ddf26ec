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

const maxListed = 100;

/** Open sessions, newest first, at most 100. */
export async function listSessions(backend: Database, userId: string): Promise<Session[]> {
  const rows = await authTables(backend)
    .selectFrom("sessions")
    .select(["id", "userAgent", "ipAddress", "createdAt"])
    .where("userId", "=", userId)
    .where("expiresAt", ">", new Date().toISOString())
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

/** Deletes up to `limit` expired sessions of all users. @returns the number of deleted sessions */
export async function deleteExpiredSessions(backend: Database, limit: number): Promise<number> {
  const expired = authTables(backend)
    .selectFrom("sessions")
    .select("id")
    .where("expiresAt", "<=", new Date().toISOString())
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
