/** The pages of signing in and signing up. */
import type { Page } from "./layout.ts";
import type { CredentialField } from "./settings.ts";

/** GET /sign-in */
export interface SignInPage extends Page {
  email: string;
  /** "Wrong email or password", or empty */
  error: string;
  /** The path to go to after signing in. */
  next: string;
  /** Whether the page offers the demo account. */
  demo: boolean;
  /** The host for which passkeys are made. */
  passkeyHost: string;
}

/** GET /sign-in/code: the second step of a sign-in. */
export interface SignInCodePage extends Page {
  field: CredentialField;
  /** The path to go to after signing in. */
  next: string;
}

/** GET /sign-up */
export interface SignUpPage extends Page {
  name: string;
  email: string;
  /** By field; empty if it is valid. */
  errors: { name: string; email: string; password: string };
  /** Characters. */
  minPasswordLength: number;
  /** The path to go to after signing up. */
  next: string;
}
