/** GET /settings/security: the password, the second factor, passkeys and sessions. */
import { formatCount } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import type { Page } from "./layout.ts";
import type { PasskeyView } from "./passkeys.ts";
import type { CredentialField } from "./settings.ts";

export interface SecurityPage extends Page {
  passwordFields: CredentialField[];
  twoFactor: TwoFactorView;
  /** New recovery codes, which are shown once; empty if there are none. */
  newRecoveryCodes: string[];
  passkeys: PasskeyView[];
  sessions: SessionView[];
  /** "and 404 more", or empty */
  moreSessions: string;
  /** Null if the person is signed in here alone. */
  revokeOthersHref: string | null;
}

export interface TwoFactorView {
  isEnabled: boolean;
  /** "On. 9 recovery codes are left." */
  text: string;
}

export interface SessionView {
  id: string;
  /** "Firefox on Linux" */
  device: string;
  /** "203.0.113.7", or empty */
  address: string;
  current: boolean;
  signedIn: TimeView;
  revokeHref: string;
}

export interface PasswordErrors {
  current?: string;
  next?: string;
}

/** @param min characters of a new password */
export function passwordFields(min: number, errors: PasswordErrors): CredentialField[] {
  const password = { type: "password", value: "" } as const;
  return [
    {
      ...{ ...password, id: "current-password", name: "current", label: "Current password" },
      ...{ autocomplete: "current-password", help: "", error: errors.current ?? "" },
    },
    {
      ...{ ...password, id: "new-password", name: "next", label: "New password" },
      autocomplete: "new-password",
      help: `At least ${min} characters. Changing it signs you out on all other devices.`,
      error: errors.next ?? "",
    },
  ];
}

export function twoFactorView(status: {
  isEnabled: boolean;
  recoveryCodes: number;
}): TwoFactorView {
  const { isEnabled, recoveryCodes } = status;
  const left = `${formatCount(recoveryCodes, "recovery codes")} ${recoveryCodes === 1 ? "is" : "are"} left`;
  return {
    isEnabled,
    text: isEnabled ? `On. ${left}.` : "Off. Your password alone signs you in.",
  };
}

/** @param listed the sessions that the page shows, of `count` */
export function sessionsView(
  listed: readonly SessionView[],
  count: number,
): Pick<SecurityPage, "sessions" | "moreSessions" | "revokeOthersHref"> {
  const more = count - listed.length;
  return {
    sessions: [...listed],
    moreSessions: more > 0 ? `and ${formatCount(more, "more")}` : "",
    revokeOthersHref: count > 1 ? "/settings/sessions/revoke-others" : null,
  };
}

export function sessionView(
  session: { id: string; address: string; signedInAt: Date },
  device: string,
  currentId: string | null,
): SessionView {
  const { id, address, signedInAt } = session;
  return {
    ...{ id, device, address },
    current: id === currentId,
    signedIn: formatDateTime(signedInAt.getTime()),
    revokeHref: `/settings/sessions/${id}/revoke`,
  };
}
