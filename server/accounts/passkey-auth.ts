/** better-auth with its plug-in for passkeys, which is a sixth of all modules of a web process. */
import { passkey } from "@better-auth/passkey";
import { betterAuth } from "better-auth";
import { APIError } from "better-auth/api";
import { type AuthParts, authOptions, challengeCookie, twoFactorPlugin } from "./auth.ts";

export function createPasskeyAuth(parts: AuthParts) {
  return betterAuth({ ...authOptions(parts), plugins: [twoFactorPlugin(), passkeyPlugin()] });
}

/** Passkeys that the browser finds without an email, and with which the device checks the person. */
function passkeyPlugin() {
  return passkey({
    rpName: "Headway",
    schema: { passkey: { modelName: "passkeys" } },
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    advanced: { webAuthnChallengeCookie: challengeCookie },
    // The plug-in asks for the check of the person, and accepts an answer without it.
    registration: {
      async afterVerification({ verification }) {
        assertPersonChecked(verification.registrationInfo?.userVerified);
      },
    },
    authentication: {
      async afterVerification({ verification }) {
        assertPersonChecked(verification.authenticationInfo.userVerified);
      },
    },
  });
}

function assertPersonChecked(userVerified: boolean | undefined): void {
  if (!userVerified) throw new APIError("UNAUTHORIZED", { code: "USER_NOT_VERIFIED" });
}
