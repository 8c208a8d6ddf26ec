/** GET /settings/tokens */
import { formatDate, formatDateTime, type TimeView } from "../text/dates.ts";
import type { Option } from "./form.ts";
import type { Page } from "./layout.ts";
import { type CredentialField, passwordField } from "./settings.ts";

export interface TokensPage extends Page {
  tokens: TokenView[];
  /** A newly created token, which is shown once. */
  newToken: string | null;
  form: TokenForm;
}

export interface TokenForm {
  action: string;
  /** Why no more tokens can be created, or empty. */
  full: string;
  name: CredentialField;
  scopes: Option[];
  lifetimes: Option[];
  password: CredentialField;
}

export interface TokenView {
  id: string;
  name: string;
  /** "Read only" */
  scope: string;
  created: TimeView;
  lastUsed: TimeView | null;
  /** Null if it never ends. */
  ends: TimeView | null;
  hasEnded: boolean;
  revokeHref: string;
}

type Scope = "read" | "start" | "all";

const scopeLabels: Record<Scope, string> = {
  read: "Read only",
  start: "Read, start jobs and upload files",
  all: "Everything that you may do",
};

/** Days that a new token may be given; the empty text: it never ends. */
export const tokenLifetimes = ["30", "90", "365", ""] as const;
export const defaultLifetime = "90";

export interface TokenFormInput {
  name: string;
  scope: string;
  days: string;
}

export const emptyTokenForm: TokenFormInput = { name: "", scope: "read", days: defaultLifetime };

/** @param max tokens of a person */
export function tokenForm(
  { name, scope, days }: TokenFormInput,
  errors: { name?: string; password?: string },
  { count, max }: { count: number; max: number },
): TokenForm {
  return {
    action: "/settings/tokens",
    full: count >= max ? `You have ${max} tokens, the maximum. Revoke one to create another.` : "",
    name: {
      ...{ id: "token-name", name: "name", label: "Token name", type: "text", value: name },
      ...{ autocomplete: "off", help: "", error: errors.name ?? "" },
    },
    scopes: Object.entries(scopeLabels).map(([value, label]) => {
      return { value, label, selected: value === scope };
    }),
    lifetimes: tokenLifetimes.map((value) => {
      return { value, label: value ? `${value} days` : "Never", selected: value === days };
    }),
    password: passwordField("token-password", errors.password ?? ""),
  };
}

/** @param now ms since 1970 */
export function tokenView(
  token: {
    id: string;
    name: string;
    scope: Scope;
    createdAt: number;
    lastUsedAt: number | null;
    expiresAt: number | null;
  },
  now: number,
): TokenView {
  const { id, name, scope, createdAt, lastUsedAt, expiresAt } = token;
  return {
    ...{ id, name },
    scope: scopeLabels[scope],
    created: formatDateTime(createdAt),
    lastUsed: lastUsedAt === null ? null : formatDateTime(lastUsedAt),
    ends: expiresAt === null ? null : formatDate(expiresAt),
    hasEnded: expiresAt !== null && expiresAt <= now,
    revokeHref: `/settings/tokens/${id}/revoke`,
  };
}
