import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/** Whether the connection closed before the whole request had arrived: then nobody reads the answer. */
export function isAborted(c: Context): boolean {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  return incoming?.complete === false && incoming.destroyed;
}
