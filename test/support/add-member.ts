import type { Backend } from "../../server/backend/backend.ts";

/** Adds the person of `testEngine`: only a member of the account may act on its jobs. */
export async function addMember({ db, name }: Backend): Promise<void> {
  await db
    .withTables<{ users: Record<string, unknown> }>()
    .insertInto("users")
    .values({
      ...{ id: "user-1", name: "Ada", email: "ada@example.com" },
      ...(name === "sqlite"
        ? { emailVerified: 0, createdAt: "2026", updatedAt: "2026" }
        : { emailVerified: false, createdAt: new Date(), updatedAt: new Date() }),
    })
    .execute();
  const member = { user_id: "user-1", account_id: "account-1", role: "owner" as const };
  await db.insertInto("members").values(member).execute();
}
