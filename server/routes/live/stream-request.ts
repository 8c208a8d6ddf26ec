/** The parts of a request that its event stream still needs: the raw response and the person. */
import type { ServerResponse } from "node:http";
import type { Context } from "hono";
import { parseBearerToken } from "../../accounts/api-tokens.ts";
import type { Person } from "../../accounts/person.ts";
import type { Env, Services } from "../../services.ts";

/** @throws if the application is called without the server of node:http */
export function rawResponse(c: Context<Env>): ServerResponse {
  const { outgoing } = c.env ?? {};
  if (!outgoing) throw new Error("Event streams need the server of node:http");
  return outgoing;
}

/**
 * Authenticates the person of the request again, by the same session or token. Keeps two strings
 * instead of the request, which is large and would live as long as its stream.
 * @returns a function that resolves to null once the session or the token has ended
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
