/** `npm run reset-second-factors -- EMAIL`: lets somebody who lost their phone sign in with the password alone. */
import { createAccounts } from "../accounts/accounts.ts";
import { openBackend } from "../backend/open.ts";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { exitOnConfigError } from "../startup.ts";
import { formatCount } from "../text/counts.ts";
import { runCommand } from "./run-command.ts";

await runCommand(async () => {
  const [email, ...others] = process.argv.slice(2);
  if (!email || others.length > 0) {
    throw new Error("Usage: npm run reset-second-factors -- EMAIL");
  }
  const config = exitOnConfigError(readConfig);
  const { databaseUrl, listenUrl } = config;
  const backend = await openBackend(databaseUrl, { listenUrl, check: true });
  try {
    await backend.migrate();
    const accounts = createAccounts({ backend, config, log: createLog("error", "web") });
    const user = await accounts.findUser(email);
    if (!user) throw new Error(`No user has the email ${email}`);
    const { hadTwoFactor, passkeys, sessions } = await accounts.resetSecondFactors(user.id);
    const client = { address: "", userAgent: "the command line" };
    const details = { count: passkeys };
    await accounts.securityLog.record({
      ...{ type: "second_factors_reset", userId: user.id, client, details },
    });
    const turnedOff = hadTwoFactor ? "Turned off" : "There was no";
    console.log(
      `${turnedOff} two-factor authentication; removed ${formatCount(passkeys, "passkeys")}, ended ${formatCount(sessions, "sessions")}.\n` +
        `${user.email} signs in with the password alone, and can set up both again in the settings.`,
    );
  } finally {
    await backend.close();
  }
});
