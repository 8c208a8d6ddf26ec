/** `npm run token -- EMAIL`: creates an API token for the user and prints only the token. */
import { createAccounts } from "../accounts/accounts.ts";
import { openBackend } from "../backend/open.ts";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { exitOnConfigError, exitOnFailure } from "../startup.ts";

const email = process.argv[2];
if (!email) stop("Usage: npm run token -- EMAIL");

const config = exitOnConfigError(readConfig);
const opening = openBackend(config.databaseUrl, { listenUrl: config.listenUrl, check: true });
const backend = await exitOnFailure(opening, "the database cannot be opened");
try {
  await exitOnFailure(backend.migrate(), "the database cannot be migrated");
  const accounts = createAccounts({ backend, config, log: createLog("error", "web") });
  const user = await accounts.findUser(email);
  if (user) console.log(await accounts.createToken(user.id, "Created on the command line"));
  else {
    console.error(`No user has the email ${email}`);
    process.exitCode = 1;
  }
} finally {
  await backend.close();
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
