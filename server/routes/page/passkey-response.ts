import { z } from "zod";
import type { Config } from "../../config.ts";

/** The part of `PublicKeyCredential.toJSON()` on which better-auth relies before it checks the rest. */
const credential = z.looseObject({
  id: z.string().min(1).max(2_000),
  rawId: z.string(),
  type: z.literal("public-key"),
  response: z.record(z.string(), z.unknown()),
});

/** @returns undefined for what is no answer of a browser */
export function readPasskeyResponse(text: string): z.output<typeof credential> | undefined {
  try {
    return credential.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The host for which passkeys are made: browsers offer them there and on its subdomains alone. */
export function passkeyHost({ publicUrl }: Pick<Config, "publicUrl">): string {
  return publicUrl ? new URL(publicUrl).hostname : "localhost";
}
