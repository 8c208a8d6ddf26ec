/** A person's preferences, the same on every device. */
import type { Backend } from "../backend/backend.ts";

export interface Preferences {
  /** Play a sound when a job finishes that an open page watches. */
  sound: boolean;
  /** Open the result when a job finishes while its page is open. */
  openResult: boolean;
  /** IANA name such as "Europe/Berlin"; null for the browser's time zone. */
  timeZone: string | null;
}

export const defaultPreferences: Preferences = { sound: false, openResult: false, timeZone: null };

export async function readPreferences(db: Backend["db"], userId: string): Promise<Preferences> {
  const row = await db
    .selectFrom("preferences")
    .select(["sound", "open_result", "time_zone"])
    .where("user_id", "=", userId)
    .executeTakeFirst();
  if (!row) return defaultPreferences;
  return { sound: row.sound === 1, openResult: row.open_result === 1, timeZone: row.time_zone };
}

/** Saves the given preferences and leaves the others as they are. */
export async function savePreferences(
  backend: Pick<Backend, "write">,
  userId: string,
  changes: Partial<Preferences>,
): Promise<void> {
  await backend.write(async ({ db }) => {
    const { sound, openResult, timeZone } = { ...(await readPreferences(db, userId)), ...changes };
    const row = { sound: Number(sound), open_result: Number(openResult), time_zone: timeZone };
    await db
      .insertInto("preferences")
      .values({ user_id: userId, ...row })
      .onConflict((conflict) => conflict.column("user_id").doUpdateSet(row))
      .execute();
  });
}

/** IANA names of all time zones. */
export const timeZones: readonly string[] = [
  ...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")]),
];
