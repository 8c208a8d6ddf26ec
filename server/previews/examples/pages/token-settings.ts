import type { Pages } from "../../../templates.ts";
import { time } from "../layout.ts";
import { credentialField, options } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";
import { settingsLayout } from "./settings.ts";

const tokens: Pages["settings/tokens"] = {
  layout: settingsLayout,
  tokens: [
    {
      id: "t1",
      name: "Nightly export",
      scope: "Read only",
      created: time(),
      lastUsed: time(),
      ends: time(),
      hasEnded: false,
      revokeHref: "/settings/tokens/t1/revoke",
    },
    {
      id: "t2",
      name: "Shop",
      scope: "Everything that you may do",
      created: time(),
      lastUsed: null,
      ends: null,
      hasEnded: false,
      revokeHref: "/settings/tokens/t2/revoke",
    },
    {
      id: "t3",
      name: "Old shop",
      scope: "Read only",
      created: time(),
      lastUsed: null,
      ends: time(),
      hasEnded: true,
      revokeHref: "/settings/tokens/t3/revoke",
    },
  ],
  newToken: "hw_9bT2xkQ4mZr7uYc1eWn8aLs5dFg6hJk3",
  form: {
    action: "/settings/tokens",
    full: "",
    name: { ...credentialField("token-name", "Token name"), error: "Enter a name" },
    scopes: options("Read only", "Read only", "Everything that you may do"),
    lifetimes: options("90 days", "30 days", "90 days", "Never"),
    password: credentialField("token-password", "Your password"),
  },
};

/** The tokens of the API. */
export const tokenPages: PageExamples = {
  tokens: { template: "settings/tokens", data: tokens },
  "tokens-full": {
    template: "settings/tokens",
    data: {
      ...tokens,
      newToken: null,
      form: { ...tokens.form, full: "You have 50 tokens, the maximum." },
    },
  },
};
