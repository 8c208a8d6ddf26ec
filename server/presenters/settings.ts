/** GET /settings, and what all pages of the settings share. */
import { formatBytes, formatBytesOf } from "../text/bytes.ts";
import { formatNumber } from "../text/counts.ts";
import type { Option } from "./form.ts";
import type { Page } from "./layout.ts";

/** The pages of the settings. */
export type SettingsSection = "preferences" | "security" | "tokens" | "activity";

export interface SettingsPage extends Page {
  sound: boolean;
  openResult: boolean;
  timeZones: Option[];
  usage: UsageView[];
}

/** What the account uses of one of its limits. */
export interface UsageView {
  /** "Storage" */
  label: string;
  /** "1.2 of 10 GB" */
  text: string;
  /** 0 to 1, or null without a limit */
  fraction: number | null;
  /** "Uploads and result files." */
  help: string;
}

/** A button that ends a session, revokes a token or removes a passkey. */
export interface RevokeView {
  href: string;
  token: string;
  id: string;
  label: string;
  /** For the button's accessible name: "Firefox on Linux" */
  of: string;
}

/** A field for a password, a code or a name in forms about credentials. */
export interface CredentialField {
  id: string;
  name: string;
  label: string;
  type: "text" | "password";
  /** As the attribute `autocomplete` takes it. */
  autocomplete: string;
  value: string;
  /** A sentence below the label, or empty. */
  help: string;
  /** The error of an invalid value, or empty. */
  error: string;
}

/** @param chosen null for the time zone of the browser */
export function timeZoneOptions(zones: readonly string[], chosen: string | null): Option[] {
  const browser = { value: "", label: "Same as this browser", selected: chosen === null };
  const named = zones.map((zone) => {
    return { value: zone, label: zone.replaceAll("_", " "), selected: zone === chosen };
  });
  return [browser, ...named];
}

/** @param limits infinite where there is none */
export function usageViews(
  used: { bytes: number; queuedJobs: number },
  limits: { maxStoredBytes: number; maxQueuedJobs: number },
): UsageView[] {
  return [
    {
      label: "Storage",
      text: Number.isFinite(limits.maxStoredBytes)
        ? formatBytesOf(used.bytes, limits.maxStoredBytes)
        : formatBytes(used.bytes),
      fraction: fractionOf(used.bytes, limits.maxStoredBytes),
      help: "Uploaded files and results of the account's jobs, until they expire.",
    },
    {
      label: "Queued jobs",
      text: Number.isFinite(limits.maxQueuedJobs)
        ? `${formatNumber(used.queuedJobs)} of ${formatNumber(limits.maxQueuedJobs)}`
        : formatNumber(used.queuedJobs),
      fraction: fractionOf(used.queuedJobs, limits.maxQueuedJobs),
      help: "Scheduled jobs count too.",
    },
  ];
}

function fractionOf(used: number, max: number): number | null {
  return Number.isFinite(max) ? Math.min(1, used / max) : null;
}

/** A field that asks for the password of the signed-in person. */
export function passwordField(id: string, error: string): CredentialField {
  return {
    ...{ id, name: "password", label: "Your password", type: "password", error },
    ...{ autocomplete: "current-password", value: "", help: "" },
  };
}
