/** The demo account of a first start: something to see on every page, in every status. */
import { hostname } from "node:os";
import { v7 as uuidv7 } from "uuid";
import { createAccounts } from "../accounts/accounts.ts";
import { demo } from "../accounts/demo.ts";
import type { Backend } from "../backend/backend.ts";
import type { Catalog } from "../catalog.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { seedContacts } from "./seed-contacts.ts";
import { seedJobs } from "./seed-jobs.ts";

/**
 * Makes the demo account where there is none; what people did since is left alone.
 * @returns its sign-in
 */
export async function seed(parts: {
  backend: Backend;
  catalog: Catalog;
  config: Config;
  log: Log;
}): Promise<typeof demo> {
  const { backend, catalog, config, log } = parts;
  const accounts = createAccounts({ backend, config, log });
  const visitor = { address: "127.0.0.1", userAgent: `Headway on ${hostname()}` };
  if (await accounts.findUser(demo.email)) return demo;
  await accounts.signUp(demo, visitor);
  const user = await accounts.findUser(demo.email);
  const { account_id: accountId } = await backend.db
    .selectFrom("members")
    .select("account_id")
    .where("user_id", "=", user!.id)
    .executeTakeFirstOrThrow();
  const owner = { accountId, userId: user!.id };
  const importId = uuidv7();
  await seedJobs(backend, catalog, owner, importId);
  await seedContacts(backend, accountId, importId);
  return demo;
}
