/** GET /.well-known/security.txt: whom to tell of a vulnerability, https://www.rfc-editor.org/rfc/rfc9116 */
import { Hono } from "hono";
import type { Env, Services } from "../services.ts";

const day = 86_400_000;
/** The RFC recommends less than a year. */
const validMs = 180 * day;

/** There is no such page unless `SECURITY_CONTACT` is set. */
export function securityTxtRoutes({
  config: { securityContact, publicUrl },
}: Pick<Services, "config">): Hono<Env> {
  const routes = new Hono<Env>();
  const path = "/.well-known/security.txt";
  if (securityContact === null) return routes;
  routes.get(path, (c) => {
    // Of a whole day, so that all web processes answer the same.
    const expires = new Date(Math.floor((Date.now() + validMs) / day) * day);
    const lines = [
      `Contact: ${securityContact}`,
      `Expires: ${expires.toISOString()}`,
      "Preferred-Languages: en",
      ...(publicUrl === null ? [] : [`Canonical: ${publicUrl}${path}`]),
    ];
    return c.text(`${lines.join("\n")}\n`);
  });
  return routes;
}
