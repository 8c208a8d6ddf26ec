/** The page of an error, in place of the page that was requested. */
import type { Page } from "./layout.ts";
import type { LinkView } from "./result.ts";

export interface ErrorPage extends Page {
  /** 404 */
  status: number;
  /** "Page not found" */
  heading: string;
  message: string;
  /** The next steps, the main one first. */
  links: LinkView[];
  /** For finding the request in the server's log, or empty. */
  requestId: string;
}

/** @param reloads whether the response makes the browser load the page again by itself */
export function errorPage(
  error: { status: number; title: string; message: string; links: readonly LinkView[] },
  reloads: boolean,
): Omit<ErrorPage, "layout"> {
  const { status, title, message, links } = error;
  return {
    status,
    heading: title,
    message: reloads ? `${message} This page reloads by itself.` : message,
    links: [...links],
    requestId: "",
  };
}
