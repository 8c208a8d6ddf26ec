import type { Backend } from "../backend/backend.ts";

export interface Membership {
  accountId: string;
  role: "owner" | "member";
}

/**
 * Finds the user's account, or creates one that the user owns. The new account's id is the user's
 * id, so concurrent calls create one account.
 */
export async function ensureMembership(
  backend: Pick<Backend, "db" | "write" | "now">,
  user: { id: string; name: string },
): Promise<Membership> {
  const existing = await findMembership(backend.db, user.id);
  if (existing) return existing;
  return backend.write(async ({ db }) => {
    await db
      .insertInto("accounts")
      .values({ id: user.id, name: user.name, created_at: backend.now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .insertInto("members")
      .values({ user_id: user.id, account_id: user.id, role: "owner" })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await findMembership(db, user.id))!;
  });
}

export async function setRole(
  { db }: Pick<Backend, "db">,
  userId: string,
  role: Membership["role"],
): Promise<void> {
  await db.updateTable("members").set({ role }).where("user_id", "=", userId).execute();
}

export function findMembership(db: Backend["db"], userId: string): Promise<Membership | undefined> {
  return db
    .selectFrom("members")
    .select(["account_id as accountId", "role"])
    .where("user_id", "=", userId)
    .executeTakeFirst();
}
