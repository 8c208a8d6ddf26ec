import type { Context } from "hono";
import type { Env } from "../../services.ts";
import { returnPath } from "./return-path.ts";

/** Redirects to the job or, with `?stay` in the URL, back to the page that sent the form. */
export function redirectToJob(c: Context<Env>, job: { id: string }): Response {
  return c.redirect(staysOnPage(c) ? returnPath(c) : `/jobs/${job.id}`, 303);
}

/** Whether the form comes from a list, to which the person returns. */
export function staysOnPage(c: Context<Env>): boolean {
  return c.req.query("stay") !== undefined;
}
