import type { TokenScope } from "../backend/enums.ts";
import type { Preferences } from "./preferences.ts";

/** The sender of a request. */
export interface Person {
  userId: string;
  accountId: string;
  role: "owner" | "member";
  name: string;
  email: string;
  /** Null for a request that carries an API token. */
  sessionId: string | null;
  /** The scope of the API token, or "all" for a session. */
  scope: TokenScope;
  /** At most 5 s old. */
  preferences: Preferences;
}
