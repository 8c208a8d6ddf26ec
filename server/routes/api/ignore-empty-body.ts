import type { Context, Next } from "hono";

/** Many clients send a `Content-Type` without a body, which the validator would reject. */
export async function ignoreEmptyBody(c: Context, next: Next): Promise<void> {
  const headers = new Headers(c.req.raw.headers);
  if (headers.has("content-type") && (await c.req.text()) === "") {
    headers.delete("content-type");
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers });
    c.req.bodyCache = {};
  }
  await next();
}
