import type { Backend } from "../backend/backend.ts";

export interface ResetSecondFactors {
  hadTwoFactor: boolean;
  /** The number of passkeys that were removed. */
  passkeys: number;
  /** The number of sessions that ended. */
  sessions: number;
}

/** Columns of better-auth's tables. */
type CredentialTables = {
  users: { id: string; twoFactorEnabled: null };
  two_factors: { userId: string };
  passkeys: { userId: string };
  sessions: { userId: string };
};

/**
 * Leaves a user only the password, for somebody who has lost their phone. What is signed in on the phone
 * ends, and what it keeps signs nobody in.
 */
export async function resetSecondFactors(
  { write }: Pick<Backend, "write">,
  userId: string,
): Promise<ResetSecondFactors> {
  return write(async ({ db }) => {
    const tables = db.withTables<CredentialTables>();
    const deleteFrom = async (table: "two_factors" | "passkeys" | "sessions") => {
      const deleted = tables.deleteFrom(table).where("userId", "=", userId);
      return Number((await deleted.executeTakeFirst()).numDeletedRows);
    };
    const twoFactors = await deleteFrom("two_factors");
    // Null is what the column has before it is first turned on.
    await tables
      .updateTable("users")
      .set({ twoFactorEnabled: null })
      .where("id", "=", userId)
      .execute();
    return {
      hadTwoFactor: twoFactors > 0,
      passkeys: await deleteFrom("passkeys"),
      sessions: await deleteFrom("sessions"),
    };
  });
}
