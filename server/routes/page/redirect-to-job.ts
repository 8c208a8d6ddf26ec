import type { Context } from "hono";
import type { Env } from "../../services.ts";
import { returnPath } from "./return-path.ts";

/** Redirects to the job or, with `?stay` in the URL, back to the page that sent the form. */
export function redirectToJob(c: Context<Env>, job: { id: string }): Response {
  const stays = c.req.query("stay") !== undefined;
  return c.redirect(stays ? returnPath(c) : `/jobs/${job.id}`, 303);
}
