/** The pages of the settings that turn two-factor authentication on and off. */
import type { LayoutData, Page } from "./layout.ts";
import { type CredentialField, passwordField } from "./settings.ts";

/** Asks for the password before something that a session alone must not do. */
export interface ConfirmPasswordPage extends Page {
  heading: string;
  text: string;
  action: string;
  field: CredentialField;
  button: string;
  danger: boolean;
  backHref: string;
}

export interface TwoFactorSetupPage extends Page {
  qr: { size: number; path: string };
  /** The secret in groups of four, for apps that cannot scan: "JBSW Y3DP …" */
  secret: string;
  field: CredentialField;
}

type Form = Omit<ConfirmPasswordPage, "layout" | "backHref">;

const form = (texts: Omit<Form, "field">, error: string): Form => ({
  ...texts,
  field: passwordField("password", error),
});

/** By the last part of their address. The error is that of the password, or empty. */
export const twoFactorForms = {
  "set-up": (error: string) =>
    form(
      {
        heading: "Set up two-factor authentication",
        text: "When you sign in, Headway will ask for a code from an authenticator app on your phone.",
        action: "/settings/two-factor/set-up",
        button: "Continue",
        danger: false,
      },
      error,
    ),
  "recovery-codes": (error: string) =>
    form(
      {
        heading: "Create new recovery codes",
        text: "Each code signs you in once if you lose your phone. Your old codes stop working.",
        action: "/settings/two-factor/recovery-codes",
        button: "Create codes",
        danger: false,
      },
      error,
    ),
  disable: (error: string) =>
    form(
      {
        heading: "Turn off two-factor authentication?",
        text: "Your password alone will sign you in again.",
        action: "/settings/two-factor/disable",
        button: "Turn off",
        danger: true,
      },
      error,
    ),
};

/** @param uri `otpauth://totp/…?secret=…` */
export function twoFactorSetupPage(
  layout: LayoutData,
  uri: string,
  qr: TwoFactorSetupPage["qr"],
  error: string,
): TwoFactorSetupPage {
  const secret = /[?&]secret=([A-Z2-7]+)/.exec(uri)?.[1] ?? "";
  return {
    layout,
    qr,
    secret: secret.match(/.{1,4}/g)?.join(" ") ?? "",
    field: {
      ...{ id: "code", name: "code", label: "Code from the app", type: "text", value: "", error },
      ...{ autocomplete: "one-time-code", help: "" },
    },
  };
}
