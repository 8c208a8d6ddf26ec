import type { Config } from "../config.ts";

/** Whether cookies are `Secure`. Browsers drop those over plain http, where nobody could sign in. */
export function isSecure(config: Pick<Config, "publicUrl">): boolean {
  return config.publicUrl?.startsWith("https://") ?? false;
}

/**
 * @returns over https the name with the prefix `__Host-`, with which browsers accept the cookie only
 *   from this host itself: a sister site can neither set nor replace it
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#host-
 */
export function hostCookie(name: string, config: Pick<Config, "publicUrl">): string {
  return isSecure(config) ? `__Host-${name}` : name;
}
