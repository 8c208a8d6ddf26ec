/** `npm run role -- EMAIL owner|member`: sets what a user may do with the jobs of others in the account. */
import { createAccounts } from "../accounts/accounts.ts";
import { memberRoles } from "../backend/enums.ts";
import { openBackend } from "../backend/open.ts";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { exitOnConfigError } from "../startup.ts";

const [email, wanted] = process.argv.slice(2);
const role = memberRoles.find((each) => each === wanted);
if (!email || !role) stop("Usage: npm run role -- EMAIL owner|member");

const config = exitOnConfigError(readConfig);
const backend = await openBackend(config.databaseUrl, { listenUrl: config.listenUrl });
try {
  await backend.migrate({ acceptNewer: true });
  const accounts = createAccounts({ backend, config, log: createLog("error", "web") });
  const user = await accounts.findUser(email);
  if (!user) stop(`No user has the email ${email}`);
  await accounts.setRole(user.id, role);
  const client = { address: "", userAgent: "" };
  const details = { name: role };
  await accounts.securityLog.record({ type: "role_changed", userId: user.id, client, details });
} finally {
  await backend.close();
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
