/** One secret for all web processes: a session or link that one signs holds at every other. */
import { createHash } from "node:crypto";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";

/**
 * On SQLite there is one machine, whose folder keeps the secret. On Postgres each machine has a
 * folder of its own: the first secret that was made is kept in the database and is everybody's.
 * One that was set stays out of the database, but for a mark to know it by.
 * @returns what to sign with
 * @throws where other processes have one that was set, and this one has not
 */
export async function sharedSecret(parts: {
  backend: Pick<Backend, "name" | "db">;
  config: Pick<Config, "secret" | "secretIsSet">;
  log: { warn(said: string): void };
}): Promise<string> {
  const { backend, config, log } = parts;
  const { secret, secretIsSet } = config;
  if (backend.name === "sqlite") return secret;
  const { db } = backend;
  const read = async (name: "made" | "mark") => {
    const row = db.selectFrom("secrets").select("value").where("name", "=", name);
    return (await row.executeTakeFirst())?.value;
  };

  const mark = await read("mark");
  if (!secretIsSet) {
    if (mark)
      throw new Error("SECRET is set for other processes of this database; set it here too");
    const made = { name: "made", value: secret } as const;
    await db
      .insertInto("secrets")
      .values(made)
      .onConflict((c) => c.doNothing())
      .execute();
    return (await read("made"))!;
  }
  const own = fingerprint(secret);
  if (mark && mark !== own) {
    log.warn(
      "SECRET has changed: every web process needs the new one, and everybody signs in again",
    );
  }
  await db
    .insertInto("secrets")
    .values({ name: "mark", value: own })
    .onConflict((c) => c.column("name").doUpdateSet({ value: own }))
    .execute();
  return secret;
}

function fingerprint(secret: string): string {
  return createHash("sha256").update(`mark:${secret}`).digest("base64url");
}
