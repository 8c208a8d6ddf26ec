/** One signing secret for all web processes: each accepts the sessions and links of the others. */
import { createHash } from "node:crypto";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";

/**
 * SQLite serves one machine, whose storage folder holds the secret. On Postgres each machine has
 * its own folder, so the first generated secret is stored in the database and used by all. A secret
 * from the `SECRET` setting is never stored; the database has only its fingerprint.
 * @returns the secret to sign with
 * @throws if other processes have a `SECRET` and this process has none
 */
export async function sharedSecret(parts: {
  backend: Pick<Backend, "spansMachines" | "db">;
  config: Pick<Config, "secret" | "secretIsSet">;
  log: { warn(message: string): void };
}): Promise<string> {
  const { backend, config, log } = parts;
  const { secret, secretIsSet } = config;
  if (!backend.spansMachines) return secret;
  const { db } = backend;
  const read = async (name: "generated" | "fingerprint") => {
    const row = db.selectFrom("secrets").select("value").where("name", "=", name);
    return (await row.executeTakeFirst())?.value;
  };

  const mark = await read("fingerprint");
  if (!secretIsSet) {
    if (mark)
      throw new Error("SECRET is set for other processes of this database; set it here too");
    const made = { name: "generated", value: secret } as const;
    await db
      .insertInto("secrets")
      .values(made)
      .onConflict((c) => c.doNothing())
      .execute();
    return (await read("generated"))!;
  }
  const current = fingerprint(secret);
  if (mark && mark !== current) {
    log.warn(
      "SECRET has changed: every web process needs the new one, and everybody signs in again",
    );
  }
  await db
    .insertInto("secrets")
    .values({ name: "fingerprint", value: current })
    .onConflict((c) => c.column("name").doUpdateSet({ value: current }))
    .execute();
  return secret;
}

function fingerprint(secret: string): string {
  return createHash("sha256").update(`mark:${secret}`).digest("base64url");
}
