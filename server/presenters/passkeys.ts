/** GET /settings/passkeys/new, and the passkeys of the page about security. */
import { formatDate, type TimeView } from "../text/dates.ts";
import type { LayoutData, Page } from "./layout.ts";
import { type CredentialField, passwordField } from "./settings.ts";

export interface NewPasskeyPage extends Page {
  /** The host for which passkeys are made. */
  host: string;
  name: CredentialField;
  password: CredentialField;
  /** Why the passkey could not be added, or empty. */
  error: string;
}

export interface PasskeyView {
  id: string;
  name: string;
  added: TimeView;
  removeHref: string;
}

export function newPasskeyPage(
  layout: LayoutData,
  { name, error, host }: { name: string; error: string; host: string },
): NewPasskeyPage {
  return {
    ...{ layout, host, error },
    name: {
      ...{ id: "passkey-name", name: "name", label: "Name", type: "text", value: name, error: "" },
      ...{ autocomplete: "off", help: "Such as “Laptop” or “Blue security key”." },
    },
    password: passwordField("passkey-password", ""),
  };
}

export function passkeyView(passkey: { id: string; name: string; createdAt: Date }): PasskeyView {
  const { id, name, createdAt } = passkey;
  const removeHref = `/settings/passkeys/${id}/remove`;
  return { id, name: name || "Passkey", added: formatDate(createdAt.getTime()), removeHref };
}
