import { layout } from "../layout.ts";
import { credentialField, options } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";

export const settingsLayout = {
  ...layout,
  title: "Settings",
  section: "settings" as const,
  flash: {
    tone: "good" as const,
    text: "Token created",
    link: { href: "/api/openapi.json", text: "API docs" },
  },
  preferences: { sound: true, openResult: true, timeZone: "Europe/Berlin" },
};

/** The settings of a person, without those of security and tokens. */
export const settingsPages: PageExamples = {
  settings: {
    template: "settings/index",
    data: {
      layout: settingsLayout,
      usage: [
        { label: "Storage", text: "1.2 of 10 GB", fraction: 0.12, help: "Files." },
        { label: "Queued jobs", text: "12", fraction: null, help: "" },
      ],
      sound: true,
      openResult: false,
      timeZones: options("Same as this browser", "Same as this browser", "UTC", "Europe/Berlin"),
    },
  },
  "confirm-password": {
    template: "settings/confirm_password",
    data: {
      layout: settingsLayout,
      heading: "Turn off two-factor authentication?",
      text: "Your password alone will sign you in again.",
      action: "/settings/two-factor/disable",
      field: { ...credentialField("password", "Your password"), error: "Wrong password" },
      button: "Turn off",
      danger: true,
      backHref: "/settings/security",
    },
  },
  "two-factor-setup": {
    template: "settings/two_factor_setup",
    data: {
      layout: settingsLayout,
      qr: { size: 41, path: "M4 4h1v1h-1z" },
      secret: "JBSW Y3DP EHPK 3PXP",
      field: credentialField("code", "Code from the app"),
    },
  },
  "new-passkey": {
    template: "settings/new_passkey",
    data: {
      layout: { ...settingsLayout, script: "/passkeys.js?v=1" },
      host: "headway.example",
      name: credentialField("passkey-name", "Name"),
      password: credentialField("passkey-password", "Your password"),
      error: "The passkey could not be added.",
    },
  },
};
