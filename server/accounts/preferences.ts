/** What a person prefers, on whatever device they are. */
import type { Backend } from "../backend/backend.ts";

export interface Preferences {
  /** A sound when a job ends that an open page watches. */
  sound: boolean;
  /** Straight on to the result when a job ends that an open page watches. */
  openResult: boolean;
  /** "Europe/Berlin"; null where the browser's zone will do. */
  timeZone: string | null;
}

/** Those of somebody who never chose. */
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

/** Changes those that are given; the others stay as they are. */
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

/** Every zone that can be chosen, by its name. */
export const timeZones: readonly string[] = [
  ...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")]),
];
