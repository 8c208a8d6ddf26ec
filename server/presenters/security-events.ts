/** GET /settings/activity: the security log as sentences. */
import { formatCount } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import type { Page } from "./layout.ts";

export interface ActivityPage extends Page {
  /** Whose events the page shows. */
  lead: string;
  events: SecurityEventView[];
  /** Null on the last page. */
  olderHref: string | null;
  /** Null on the first page. */
  newestHref: string | null;
}

export interface SecurityEventView {
  id: string;
  /** "Signed in with a passkey" */
  text: string;
  /** Whether somebody tried something and failed. */
  isFailure: boolean;
  /** "Grace Hopper", or empty for the reader. */
  by: string;
  /** "Firefox on Linux" */
  device: string;
  /** "203.0.113.7", or empty */
  address: string;
  at: TimeView;
}

interface SecurityEvent {
  id: string;
  type: keyof typeof texts;
  userId: string;
  userName: string;
  address: string;
  details: Details;
  at: number;
}

interface Details {
  method?: string;
  name?: string;
  count?: number;
}

const texts = {
  signed_up: () => "Created the account",
  signed_in: ({ method = "password" }) => `Signed in with a ${method}`,
  sign_in_failed: ({ method = "password" }) => `Failed sign-in: wrong ${method}`,
  signed_out: () => "Signed out",
  password_failed: () => "Entered a wrong password in the settings",
  password_changed: () => "Changed the password",
  session_revoked: ({ name = "" }) => (name ? `Signed out ${name}` : "Signed out another device"),
  other_sessions_revoked: ({ count = 0 }) => `Signed out ${formatCount(count, "other devices")}`,
  token_created: ({ name = "" }) => `Created the API token “${name}”`,
  token_revoked: ({ name = "" }) => `Revoked the API token “${name}”`,
  two_factor_enabled: () => "Turned on two-factor authentication",
  two_factor_disabled: () => "Turned off two-factor authentication",
  second_factors_reset: ({ count = 0 }) =>
    `An operator turned off two-factor authentication${count > 0 ? ` and removed ${formatCount(count, "passkeys")}` : ""}`,
  recovery_codes_created: () => "Created new recovery codes",
  passkey_added: ({ name = "" }) => `Added the passkey “${name}”`,
  passkey_removed: ({ name = "" }) => `Removed the passkey “${name}”`,
  role_changed: ({ name = "" }) => `Became ${name} of the account`,
  downloaded: ({ name = "" }) => `Downloaded ${name}`,
} satisfies Record<string, (details: Details) => string>;

const failures: readonly string[] = ["sign_in_failed", "password_failed"];

/** @param readerId the person who reads the page */
export function securityEventView(
  event: SecurityEvent,
  device: string,
  readerId: string,
): SecurityEventView {
  const { id, type, userId, userName, address, details, at } = event;
  return {
    ...{ id, device, address },
    text: texts[type](details),
    isFailure: failures.includes(type),
    by: userId === readerId ? "" : userName,
    at: formatDateTime(at),
  };
}
