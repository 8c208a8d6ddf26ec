import { signedOutLayout } from "../layout.ts";
import { credentialField } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";

/** The pages on which people sign in and sign up. */
export const sessionPages: PageExamples = {
  "sign-in": {
    template: "sessions/sign_in",
    data: {
      layout: { ...signedOutLayout, title: "Sign in" },
      email: "ada@example.com",
      error: "Wrong email or password",
      next: "/jobs",
      demo: true,
      passkeyHost: "localhost",
    },
  },
  "sign-up": {
    template: "sessions/sign_up",
    data: {
      layout: { ...signedOutLayout, title: "Create account" },
      name: "Ada",
      email: "ada@example.com",
      errors: {
        name: "",
        email: "An account with this email already exists. Sign in instead.",
        password: "",
      },
      minPasswordLength: 10,
      next: "/jobs",
    },
  },
  "sign-in-code": {
    template: "sessions/code",
    data: {
      layout: { ...signedOutLayout, title: "Enter a code" },
      field: { ...credentialField("code", "Code"), error: "Wrong code", help: "Six digits." },
      next: "/jobs",
    },
  },
};
