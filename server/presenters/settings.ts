/** GET /settings */
import { formatBytes, formatBytesOf } from "../text/bytes.ts";
import { formatNumber } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import type { Option } from "./form.ts";
import type { Page } from "./layout.ts";

export interface SettingsPage extends Page {
  sound: boolean;
  openResult: boolean;
  timeZones: Option[];
  sessions: SessionView[];
  tokens: TokenView[];
  /** A newly created token, which is shown once. */
  newToken: string | null;
  tokenError: string;
  createTokenHref: string;
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

export interface TokenView {
  id: string;
  name: string;
  created: TimeView;
  lastUsed: TimeView | null;
  revokeHref: string;
}

/** A button that ends a session or revokes a token. */
export interface RevokeView {
  href: string;
  token: string;
  id: string;
  label: string;
  /** For the button's accessible name: "Firefox on Linux" */
  of: string;
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

export function tokenView(token: {
  id: string;
  name: string;
  createdAt: number;
  lastUsedAt: number | null;
}): TokenView {
  const { id, name, createdAt, lastUsedAt } = token;
  return {
    ...{ id, name },
    created: formatDateTime(createdAt),
    lastUsed: lastUsedAt === null ? null : formatDateTime(lastUsedAt),
    revokeHref: `/settings/tokens/${id}/revoke`,
  };
}
