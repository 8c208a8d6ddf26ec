/** Seeds the demo account on the first start, with content for every page and status. */
import { hostname } from "node:os";
import { v7 as uuidv7 } from "uuid";
import { createAccounts } from "../accounts/accounts.ts";
import { demoAccount } from "../accounts/demo-account.ts";
import { ensureMembership } from "../accounts/members.ts";
import type { Backend } from "../backend/backend.ts";
import type { Catalog } from "../catalog.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { seedContacts } from "./seed-contacts.ts";
import { demoJobKeys, insertPastJobs, startDemoJobs } from "./seed-jobs.ts";

/**
 * Creates the demo account, or completes an interrupted seed. Leaves an account in use unchanged.
 * @returns email and password of the account
 */
export async function seed(parts: {
  backend: Backend;
  catalog: Catalog;
  config: Config;
  log: Log;
}): Promise<typeof demoAccount> {
  const { backend, catalog, config, log } = parts;
  const accounts = createAccounts({ backend, config, log });
  const visitor = { address: "127.0.0.1", userAgent: `Headway on ${hostname()}` };
  if (!(await accounts.findUser(demoAccount.email))) await accounts.signUp(demoAccount, visitor);
  const user = (await accounts.findUser(demoAccount.email))!;
  const { accountId } = await ensureMembership(backend, user);
  if (await hasOtherData(backend, accountId)) return demoAccount;
  const owner = { accountId, userId: user.id };
  await startDemoJobs(backend, catalog, owner);
  const importId = uuidv7();
  await backend.write(async (tx) => {
    const now = backend.now();
    await insertPastJobs(tx, catalog, owner, importId, now);
    await seedContacts(tx, accountId, importId, now);
  });
  return demoAccount;
}

/** Whether the account has contacts or jobs other than those that `startDemoJobs` creates. */
async function hasOtherData({ db }: Backend, accountId: string): Promise<boolean> {
  const { contact_count } = await db
    .selectFrom("accounts")
    .select("contact_count")
    .where("id", "=", accountId)
    .executeTakeFirstOrThrow();
  if (contact_count > 0) return true;
  const job = await db
    .selectFrom("jobs")
    .select("id")
    .where("account_id", "=", accountId)
    .where(({ eb, or }) =>
      or([eb("idempotency_key", "is", null), eb("idempotency_key", "not in", demoJobKeys)]),
    )
    .limit(1)
    .executeTakeFirst();
  return job !== undefined;
}
