import type { MiddlewareHandler } from "hono";

/** `private` is for caches that do not know `no-store`. */
export const noStoreValue = "private, no-store";

/**
 * For a form, and for a page that answers one: Back shows it as it was, with the key by which a form
 * that is sent again is the same start. `Clear-Site-Data` removes it when the person signs out.
 */
export const keepForBack: MiddlewareHandler = async (c, next) => {
  c.header("Cache-Control", "private, no-cache");
  await next();
};

/** For pages that no cache may keep. A route may set another value. */
export const noStore: MiddlewareHandler = async (c, next) => {
  c.header("Cache-Control", noStoreValue);
  await next();
};
