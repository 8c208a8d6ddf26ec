/** `npm run token -- EMAIL`: creates an API token for the user and prints only the token. */
import { parseArgs } from "node:util";
import { createAccounts } from "../accounts/accounts.ts";
import { TooManyTokens } from "../accounts/api-tokens.ts";
import { tokenScopes } from "../backend/enums.ts";
import { openBackend } from "../backend/open.ts";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { exitOnConfigError, exitOnFailure } from "../startup.ts";

const usage =
  "Usage: npm run token -- EMAIL [--scope read|start|all] [--days NUMBER] [--name NAME]\n" +
  "Without --days the token never expires. The default scope is all.";
const dayMs = 86_400_000;
const maxDays = 3_650;

const { email, scope, days, name } = readArguments();
const config = exitOnConfigError(readConfig);
const opening = openBackend(config.databaseUrl, { listenUrl: config.listenUrl, check: true });
const backend = await exitOnFailure(opening, "the database cannot be opened");
try {
  await exitOnFailure(backend.migrate({ acceptNewer: true }), "the database cannot be migrated");
  const accounts = createAccounts({ backend, config, log: createLog("error", "web") });
  const user = await accounts.findUser(email);
  if (!user) fail(`No user has the email ${email}`);
  else {
    const expiresAt = days === null ? null : backend.now() + days * dayMs;
    console.log(await accounts.createToken(user.id, name, { scope, expiresAt }));
    const client = { address: "", userAgent: "the command line" };
    await accounts.securityLog.record({
      ...{ type: "token_created", userId: user.id, client, details: { name } },
    });
  }
} catch (error) {
  if (!(error instanceof TooManyTokens)) throw error;
  fail(`${email} has the maximum number of tokens; revoke one in the settings`);
} finally {
  await backend.close();
}

/** Exits the process with the usage if an argument is missing or invalid. */
function readArguments() {
  const text = { type: "string" } as const;
  try {
    const options = { scope: text, days: text, name: text };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    return check(positionals, values);
  } catch {
    return stop(usage);
  }
}

function check(
  positionals: string[],
  values: { scope?: string; days?: string; name?: string },
): { email: string; scope: (typeof tokenScopes)[number]; days: number | null; name: string } {
  const [email, ...others] = positionals;
  const scope = tokenScopes.find((each) => each === (values.scope ?? "all"));
  const days = values.days === undefined ? null : Number(values.days);
  const isDays = days === null || (Number.isInteger(days) && days >= 1 && days <= maxDays);
  if (!email || others.length > 0 || !scope || !isDays) stop(usage);
  return { email, scope, days, name: values.name ?? "Created on the command line" };
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
