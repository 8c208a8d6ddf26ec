/** What a page says when something went wrong that no route expected. */
import { HTTPException } from "hono/http-exception";
import { isTransientError } from "../../engine/transient-error.ts";
import { StorageUnavailable } from "../../storage/storage.ts";
import type { Trouble } from "./error-page.ts";

const home = { href: "/jobs", text: "All jobs" };

/** @param reloads whether the page will be asked for again by itself */
export function troubleOf(error: unknown, reloads: boolean): Trouble {
  if (error instanceof HTTPException && error.status < 500) {
    return {
      status: error.status as Trouble["status"],
      heading: "That did not work",
      message: error.message || "The request could not be understood.",
      links: [home],
    };
  }
  if (error instanceof StorageUnavailable) {
    return {
      status: 503,
      heading: "Files cannot be reached",
      message: `${error.message}. Nothing is lost: try again in a moment.`,
      links: [home],
    };
  }
  if (isTransientError(error)) {
    return {
      status: 503,
      heading: "The database does not answer",
      message: `Nothing is lost: jobs go on as soon as it is back. ${reloads ? "This page asks again every few seconds." : "Try again in a moment."}`,
      links: [home],
    };
  }
  return {
    status: 500,
    heading: "Something broke on our side",
    message: "It was written to the log. Going back and trying again may help.",
    links: [home],
  };
}
