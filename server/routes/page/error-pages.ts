/** Renders any error of a page, in one place. */
import type { Context } from "hono";
import { parseBearerToken } from "../../accounts/api-tokens.ts";
import type { Person } from "../../accounts/person.ts";
import type { JobRow } from "../../backend/schema.ts";
import { AlreadyActive } from "../../engine/start/request.ts";
import { errorPage } from "../../presenters/error-page.ts";
import type { Env, Services } from "../../services.ts";
import { isAborted } from "../aborted-request.ts";
import { sendProblem } from "../api/problems.ts";
import { toHttpError } from "../error-map.ts";
import type { HttpError } from "../http-error.ts";
import { confirmDuplicate } from "./confirm-duplicate.ts";
import { renderErrorDetails } from "./error-details.ts";
import { setFlash } from "./flash.ts";
import { currentPerson, layoutFor, type PageServices } from "./layout.ts";
import { redirectToJob } from "./redirect-to-job.ts";

/** Seconds after which a page reloads itself during an outage. */
const reloadSeconds = 3;

/**
 * Answers an error that a page's route threw. A refused action on a job leads back to where it was
 * sent from, with the reason as a notice; a duplicate start asks first; other errors are a page.
 */
export async function answerError(
  error: unknown,
  c: Context<Env>,
  services: Services,
): Promise<Response> {
  if (isAborted(c)) return c.body(null, 400);
  if (error instanceof AlreadyActive) return confirmDuplicate(c, services, error.job);
  const httpError = toHttpError(error);
  const { status, message } = httpError;
  if (status >= 500) services.log.error({ err: error, path: c.req.path }, "request failed");
  const job: JobRow | undefined = c.get("job");
  if (job && c.req.method === "POST" && (status === 409 || status === 422)) {
    setFlash(c, { tone: "plain", text: message }, services.config);
    return redirectToJob(c, job);
  }
  const isOurs = status === 500 && services.config.development && !isProgram(c);
  if (isOurs) return renderErrorDetails(c, services, error);
  return renderErrorPage(c, services, httpError);
}

/**
 * Renders the error as a page that says where to go, or for a program as the API does. During an
 * outage the page reloads itself.
 */
export async function renderErrorPage(
  c: Context<Env>,
  services: PageServices,
  error: HttpError,
): Promise<Response> {
  if (isProgram(c)) return sendProblem(c, error);
  const { status, title } = error;
  const reloads = status === 503 && c.req.method === "GET";
  if (reloads) c.header("Refresh", String(reloadSeconds));
  if (error.retryAfterSeconds) c.header("Retry-After", String(error.retryAfterSeconds));
  // Without a database the page cannot know who is signed in.
  await currentPerson(c, services).catch(() => null);
  const page = services.render.page("errors/error", {
    layout: layoutFor(c, services, { title, section: null }),
    ...errorPage(error, reloads),
  });
  return c.html(page, status);
}

/** Whether the request has an API token and no session. */
function isProgram(c: Context<Env>): boolean {
  const person: Person | undefined = c.get("person");
  return !person?.sessionId && parseBearerToken(c.req.header("authorization")) !== undefined;
}
