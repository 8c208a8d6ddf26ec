import type { TimeView } from "../text/dates.ts";
import type { Option } from "./form.ts";
import type { Page } from "./layout.ts";

/** GET /sign-in */
export interface SignInPage extends Page {
  email: string;
  /** "Email or password is wrong", or empty */
  error: string;
  /** Where to go then; a path of ours. */
  next: string;
  /** Outside of production, the account made at the first start. */
  demo: { email: string; password: string } | null;
}

/** GET /sign-up */
export interface SignUpPage extends Page {
  name: string;
  email: string;
  /** What is wrong with each field, or empty. */
  errors: { name: string; email: string; password: string };
  next: string;
}

/** GET /settings */
export interface SettingsPage extends Page {
  sound: boolean;
  openResult: boolean;
  timeZones: Option[];
  sessions: SessionView[];
  tokens: TokenView[];
  /** A token just made: shown this once. */
  newToken: string | null;
  tokenError: string;
  createTokenHref: string;
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

/** A form of one button that ends a session or a token. */
export interface RevokeView {
  href: string;
  token: string;
  id: string;
  label: string;
  /** What is ended, for those who do not see what stands beside the button. */
  of: string;
}
