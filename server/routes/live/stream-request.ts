/** What a request for an event stream leaves behind: the raw response and who asked. */
import type { ServerResponse } from "node:http";
import type { Context } from "hono";
import type { Person } from "../../accounts/accounts.ts";
import { parseBearerToken } from "../../accounts/api-tokens.ts";
import type { Env, Services } from "../../services.ts";

/** @throws where the application is called without the server of node:http */
export function rawResponse(c: Context<Env>): ServerResponse {
  const { outgoing } = c.env ?? {};
  if (!outgoing) throw new Error("Event streams need the server of node:http");
  return outgoing;
}

/**
 * Reads the person who asked anew, by the same session or token; null where it has ended. Keeps two
 * strings and not the request, which is heavy and would live as long as its stream.
 */
export function personReader(
  c: Context<Env>,
  { accounts }: Pick<Services, "accounts">,
): () => Promise<Person | null> {
  const { sessionId } = c.var.person;
  const token = parseBearerToken(c.req.header("authorization")) ?? "";
  const cookie = c.req.header("cookie") ?? "";
  return sessionId === null
    ? () => accounts.authenticateToken(token)
    : () => accounts.authenticate(new Headers({ cookie }));
}
