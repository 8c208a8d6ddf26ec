import { layout } from "../layout.ts";
import type { PageExample, PageExamples } from "./page-example.ts";

/** Pages of errors, those of people and those of developers. */
export const errorPages: PageExamples = {
  "error-404": errorPage(404, "Page not found", "Check the address, or go to your jobs."),
  "error-403": errorPage(
    403,
    "You can't open this link",
    "It works only for the person who created it. Ask them to send you the file.",
  ),
  "error-422": errorPage(
    422,
    "This form has expired",
    "Go back, reload the page and send the form again.",
  ),
  "error-503": errorPage(
    503,
    "The database isn't responding",
    "Nothing is lost. Running jobs continue as soon as it's back. Try again in a moment.",
  ),
  "error-details": {
    template: "errors/details",
    data: {
      layout: { ...layout, title: "TypeError", section: null, devScript: "/dev/reload.js" },
      error: {
        name: "TypeError",
        message: "Cannot read properties of undefined (reading 'text')",
        expression: "it.started",
        place: "views/jobs/_timestamps.eta:2:14",
        excerpt: [
          { number: 1, text: "<%/* it: JobView */%>", isMarked: false },
          { number: 2, text: "<p>Started <%= it.started.text %></p>", isMarked: true },
        ],
        trace: ["included by views/jobs/_row.eta, line 27"],
      },
    },
  },
  "error-500": errorPage(500, "Something went wrong", "We've logged it. Try again."),
};

function errorPage(status: number, heading: string, message: string): PageExample {
  return {
    template: "errors/error",
    data: {
      layout: { ...layout, title: heading, section: null, topics: [] },
      status,
      heading,
      message,
      links: [{ href: "/jobs", text: "All jobs" }],
      requestId: status === 500 ? "req-7f3a" : "",
    },
  };
}
