/** Flash messages: shown once, on the next page. They are stored in a cookie. */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { hostCookie, isSecure } from "../../accounts/cookies.ts";
import type { Config } from "../../config.ts";

export type Flash = z.output<typeof shape>;

const shape = z.object({
  tone: z.enum(["good", "bad", "plain"]),
  text: z.string().max(500),
  /** A path of ours, to what to do next. */
  link: z.object({ href: z.string().regex(/^\/(?!\/)/), text: z.string().max(100) }).optional(),
});
const name = "headway_flash";
/** Seconds: enough for the redirect, and too short to appear on a page much later. */
const maxAge = 60;

export function setFlash(c: Context, flash: Flash, config: Pick<Config, "publicUrl">): void {
  setFlashCookie(c, name, JSON.stringify(flash), config);
}

/** Reads and deletes the message. */
export function takeFlash(c: Context, config: Pick<Config, "publicUrl">): Flash | null {
  const value = takeFlashCookie(c, name, config);
  if (!value) return null;
  try {
    return shape.parse(JSON.parse(value));
  } catch {
    return null;
  }
}

/** Stores a value for the page that the response redirects to. */
export function setFlashCookie(
  c: Context,
  key: string,
  value: string,
  config: Pick<Config, "publicUrl">,
): void {
  const secure = isSecure(config);
  const options = { path: "/", httpOnly: true, sameSite: "Lax", secure, maxAge } as const;
  setCookie(c, hostCookie(key, config), value, options);
}

export function takeFlashCookie(
  c: Context,
  key: string,
  config: Pick<Config, "publicUrl">,
): string | undefined {
  const cookie = hostCookie(key, config);
  const value = getCookie(c, cookie);
  // A browser ignores a cookie with the prefix `__Host-` that is not secure, also to delete it.
  if (value !== undefined) deleteCookie(c, cookie, { path: "/", secure: isSecure(config) });
  return value;
}
