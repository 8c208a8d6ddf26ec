/** The tables of better-auth, as far as they are read here. */
import type { Backend } from "../backend/backend.ts";

export interface User {
  id: string;
  name: string;
  email: string;
}

type AuthTables = {
  users: { id: string; name: string; email: string; createdAt: string | Date };
  credentials: { userId: string };
};

export async function findUser(
  { db }: Pick<Backend, "db">,
  by: { id: string } | { email: string },
): Promise<User | undefined> {
  const users = db.withTables<AuthTables>().selectFrom("users").select(["id", "name", "email"]);
  return "id" in by
    ? users.where("id", "=", by.id).executeTakeFirst()
    : users.where("email", "=", by.email).executeTakeFirst();
}

/** Longer than any sign-up that is still under way. */
const unfinishedAfter = 60_000;

/**
 * Removes a user whom a cut-off sign-up left without a password: nobody could sign in as them, and
 * the email would be taken for ever.
 * @returns whether there was one
 */
export async function removeUnfinished(
  { db }: Pick<Backend, "db">,
  email: string,
): Promise<boolean> {
  const tables = db.withTables<AuthTables>();
  const user = await tables
    .selectFrom("users")
    .leftJoin("credentials", "credentials.userId", "users.id")
    .select(["users.id", "users.createdAt"])
    .where("users.email", "=", email)
    .where("credentials.userId", "is", null)
    .executeTakeFirst();
  if (!user || Date.now() - new Date(user.createdAt).getTime() < unfinishedAfter) return false;
  await tables.deleteFrom("users").where("id", "=", user.id).execute();
  return true;
}
