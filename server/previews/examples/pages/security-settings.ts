import type { Pages } from "../../../templates.ts";
import { time } from "../layout.ts";
import { credentialField } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";
import { settingsLayout } from "./settings.ts";

const security: Pages["settings/security"] = {
  layout: settingsLayout,
  passwordFields: [
    { ...credentialField("current-password", "Current password"), error: "Wrong password" },
    { ...credentialField("new-password", "New password"), help: "At least 10 characters." },
  ],
  twoFactor: { isEnabled: true, text: "On. 9 recovery codes are left." },
  newRecoveryCodes: ["x7GhT-92bQa", "Lm3nP-0oYkz"],
  passkeys: [
    { id: "p1", name: "Laptop", added: time(), removeHref: "/settings/passkeys/p1/remove" },
  ],
  sessions: [
    {
      id: "s1",
      device: "Firefox on Linux",
      address: "203.0.113.7",
      current: true,
      signedIn: time(),
      revokeHref: "/settings/sessions/s1/revoke",
    },
    {
      id: "s2",
      device: "Safari on iPhone",
      address: "",
      current: false,
      signedIn: time(),
      revokeHref: "/settings/sessions/s2/revoke",
    },
  ],
  moreSessions: "and 404 more",
  revokeOthersHref: "/settings/sessions/revoke-others",
};

/** Passwords, second factors, passkeys and sessions. */
export const securityPages: PageExamples = {
  security: { template: "settings/security", data: security },
  "security-new": {
    template: "settings/security",
    data: {
      ...security,
      twoFactor: { isEnabled: false, text: "Off. Your password alone signs you in." },
      newRecoveryCodes: [],
      passkeys: [],
      sessions: security.sessions.slice(0, 1),
      moreSessions: "",
      revokeOthersHref: null,
    },
  },
};
