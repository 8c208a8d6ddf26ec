/** The layout around every page, and times. */
import type { LayoutData } from "../../presenters/layout.ts";
import type { TimeView } from "../../text/dates.ts";

/** A time in November, with the text of the server. */
export function time(clock = "14:05"): TimeView {
  return { iso: `2026-11-23T${clock}:00.000Z`, text: `Nov 23, ${clock}` };
}

export const layout: LayoutData = {
  title: "Jobs",
  section: "jobs",
  person: { name: "Ada Lovelace", email: "ada@example.com" },
  tray: null,
  preferences: { sound: false, openResult: false, timeZone: null },
  token: "token-of-the-session",
  flash: null,
  topics: ["jobs:mine"],
  since: "1763906700000",
  refresh: null,
  css: "/app.css?v=1",
  js: "/app.js?v=1",
  script: null,
  devScript: null,
};

export const signedOutLayout = { ...layout, person: null, section: null, topics: [] };
