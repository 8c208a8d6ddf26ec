/** An error with an HTTP status. Pages and the API answer it with the same status and detail. */
import type { ContentfulStatusCode } from "hono/utils/http-status";

export interface HttpErrorOptions {
  status: ContentfulStatusCode;
  /** Heading of the page. */
  title: string;
  /** Whole sentences for people. */
  detail: string;
  /** Buttons of the page, the primary one first. By default a link to all jobs. */
  links?: readonly { href: string; text: string }[];
  /** The error of each invalid field of the request, for the API. */
  errors?: Readonly<Record<string, string>>;
  /** The existing job that a start conflicts with, for the API. */
  jobId?: string;
  /** Whole seconds after which another try may succeed. */
  retryAfterSeconds?: number;
}

export class HttpError extends Error {
  override name = "HttpError";
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly links: readonly { href: string; text: string }[];
  readonly errors: Readonly<Record<string, string>> | undefined;
  readonly jobId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(options: HttpErrorOptions) {
    const { status, title, detail, links = [allJobs], errors, jobId, retryAfterSeconds } = options;
    super(detail);
    this.status = status;
    this.title = title;
    this.links = links;
    this.errors = errors;
    this.jobId = jobId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const allJobs = { href: "/jobs", text: "All jobs" };

export function pageNotFound(): HttpError {
  return new HttpError({
    status: 404,
    title: "Page not found",
    detail: "The link may be old or mistyped.",
  });
}

/** The kind of job in a link or form does not exist. */
export function kindNotFound(): HttpError {
  return new HttpError({
    status: 404,
    title: "Kind of job not found",
    detail: "The link may be old or mistyped.",
    links: [{ href: "/jobs/new", text: "Choose a kind" }],
  });
}
