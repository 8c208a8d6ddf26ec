import { parse } from "hono/utils/cookie";
import { type Auth, addressHeader, type challengeCookie } from "./auth.ts";

/** The origin of a request, for the list of sessions and the security log. */
export interface ClientInfo {
  /** Empty if unknown. */
  address: string;
  userAgent: string;
}

export interface ClientRequest {
  headers: Headers;
  client: ClientInfo;
}

export function clientHeaders({ address, userAgent }: ClientInfo): Headers {
  return new Headers({ [addressHeader]: address, "user-agent": userAgent });
}

/**
 * Returns the headers with which a request is passed on to better-auth: the named cookies, each once,
 * and what we know of the client. A client that sends our headers itself is not believed.
 */
export async function passOn(
  auth: Auth,
  { headers, client }: ClientRequest,
  cookies: readonly ("session_token" | "two_factor" | typeof challengeCookie)[],
): Promise<Headers> {
  const { createAuthCookie } = await auth.$context;
  const given = headers.get("cookie") ?? "";
  const pairs = cookies.flatMap((cookie) => {
    const { name } = createAuthCookie(cookie);
    const value = parse(given, name)[name];
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  const passed = clientHeaders(client);
  passed.set("cookie", pairs.join("; "));
  // A passkey's signature covers the origin, which `protectForms` has compared with ours.
  const origin = headers.get("origin");
  if (origin) passed.set("origin", origin);
  return passed;
}
