import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ErrorPage } from "../../presenters/layout.ts";
import type { Env } from "../../services.ts";
import { currentPerson, layoutFor, type PageServices } from "./layout.ts";

export type Trouble = Omit<ErrorPage, "layout" | "requestId" | "status"> & {
  status: ContentfulStatusCode;
  requestId?: string;
};

/** A page that says what is wrong and where to go. */
export async function errorPage(c: Context<Env>, services: PageServices, trouble: Trouble) {
  // With the database gone the page still says what is wrong, to nobody in particular.
  await currentPerson(c, services).catch(() => null);
  const layout = layoutFor(c, services, { title: trouble.heading, section: null });
  const page = services.render.page("errors/error", { layout, requestId: "", ...trouble });
  return c.html(page, trouble.status);
}
