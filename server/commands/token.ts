/** `npm run token -- EMAIL`: prints a new API token of that user, and nothing else. */
import { createAccounts } from "../accounts/accounts.ts";
import { openBackend } from "../backend/open.ts";
import { readConfig } from "../config.ts";
import { ConfigError } from "../config-error.ts";
import { createLog } from "../log.ts";

const email = process.argv[2];
if (!email) stop("Usage: npm run token -- EMAIL");

const config = settings();
const backend = await openBackend(config.databaseUrl, { listenUrl: config.listenUrl });
try {
  await backend.migrate();
  const accounts = createAccounts({ backend, config, log: createLog("error", "web") });
  const user = await accounts.findUser(email);
  if (user) console.log(await accounts.createToken(user.id, "Made on the command line"));
  else {
    console.error(`There is no user with the email ${email}`);
    process.exitCode = 1;
  }
} finally {
  await backend.close();
}

function settings() {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) stop(error.message);
    throw error;
  }
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
