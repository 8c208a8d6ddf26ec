/** Users, read from the tables of better-auth. */
import type { Backend } from "../backend/backend.ts";

export interface User {
  id: string;
  name: string;
  email: string;
}

/** Times are ISO 8601 text on SQLite. Postgres accepts that text and returns dates. */
type AuthTables = {
  users: { id: string; name: string; email: string; createdAt: string | Date };
  credentials: { userId: string };
  sessions: {
    id: string;
    userId: string;
    userAgent: string | null;
    ipAddress: string | null;
    createdAt: string | Date;
    expiresAt: string | Date;
  };
};

export function authTables({ db }: Pick<Backend, "db">) {
  return db.withTables<AuthTables>();
}

export async function findUser(
  backend: Pick<Backend, "db">,
  by: { id: string } | { email: string },
): Promise<User | undefined> {
  const users = authTables(backend).selectFrom("users").select(["id", "name", "email"]);
  return "id" in by
    ? users.where("id", "=", by.id).executeTakeFirst()
    : users.where("email", "=", by.email).executeTakeFirst();
}

/** Lists the first users. */
export function listUsers(backend: Pick<Backend, "db">, limit: number): Promise<User[]> {
  const users = authTables(backend).selectFrom("users").select(["id", "name", "email"]);
  return users.orderBy("createdAt").limit(limit).execute();
}

/** @returns names by id; deleted users are missing */
export async function listUserNames(
  backend: Pick<Backend, "db">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const users = authTables(backend).selectFrom("users").select(["id", "name"]);
  const rows = await users.where("id", "in", [...new Set(ids)]).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** No sign-up takes that long. */
const unfinishedAfterMs = 60_000;

/**
 * Deletes a user without a password, which a crash during sign-up leaves behind: nobody could sign
 * in with that email or sign up with it again.
 * @returns whether there was such a user
 */
export async function deleteUnfinishedSignUp(
  backend: Pick<Backend, "db">,
  email: string,
): Promise<boolean> {
  const tables = authTables(backend);
  const user = await tables
    .selectFrom("users")
    .leftJoin("credentials", "credentials.userId", "users.id")
    .select(["users.id", "users.createdAt"])
    .where("users.email", "=", email)
    .where("credentials.userId", "is", null)
    .executeTakeFirst();
  if (!user || Date.now() - new Date(user.createdAt).getTime() < unfinishedAfterMs) return false;
  await tables.deleteFrom("users").where("id", "=", user.id).execute();
  return true;
}
