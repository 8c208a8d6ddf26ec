import type { MiddlewareHandler } from "hono";

/** `private` is for caches that do not know `no-store`. */
export const noStoreValue = "private, no-store";

/** For pages that no cache may keep. A route may set another value. */
export const noStore: MiddlewareHandler = async (c, next) => {
  c.header("Cache-Control", noStoreValue);
  await next();
};
