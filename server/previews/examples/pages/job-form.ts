import type { Pages } from "../../../templates.ts";
import { jobs } from "../jobs.ts";
import { layout, time } from "../layout.ts";
import { field, options } from "./fields.ts";
import { schedule } from "./schedule.ts";

export const form: Pages["jobs/form"] = {
  layout: { ...layout, title: "Write to your audience", section: "new" },
  kind: "email_campaign",
  title: "Write to your audience",
  description: "Send one message to all contacts, or to those of one company.",
  action: "/jobs",
  multipart: false,
  upload: null,
  moreFiles: null,
  needs: "This kind of job needs MAIL_KEY. Whoever runs Headway has to set it.",
  hidden: [
    { name: "type", value: "email_campaign" },
    { name: "idempotency_key", value: "k-2" },
  ],
  fields: [
    field("subject", "Subject", { value: "Advent calendar" }),
    field("sender", "Reply address", {
      type: "email",
      value: "ada@",
      error: "“ada@” has no domain",
    }),
    field("body", "Message", {
      type: "textarea",
      help: "{{first_name}} is replaced for each contact.",
    }),
    field("company", "Only contacts of", {
      type: "select",
      required: false,
      options: options("All companies", "All companies", "US Navy"),
    }),
    field("per_minute", "Messages a minute", {
      ...{ type: "number", value: "600", attributes: { min: "1", step: "1" } },
    }),
    field("channels", "Channels", {
      ...{
        type: "multiple",
        options: options("Email", "Email", "Text message"),
        error: "Required",
        condition: { query: "test=false", text: "Not for a test" },
      },
    }),
    field("copies", "Copies to", { type: "lines", value: "ada@x.test\ngrace@x.test" }),
    field("until", "Not after", {
      ...{ type: "datetime", value: "2026-11-23T02:00", required: false },
      zone: {
        ...{ name: "until.zone", value: "America/New_York", text: "America/New York" },
        ...{ utc: "2026-11-23T07:00:00Z", fixed: false },
      },
    }),
    field("signature", "Signature", {
      ...{ type: "group", help: "As the letter shows it.", error: "Unknown sender" },
      condition: { query: "test=false", text: "Not for a test" },
      fields: [field("signature.name", "Name"), field("signature.title", "Title")],
    }),
    field("test", "Send a test to me only", {
      type: "checkbox",
      checked: true,
      required: false,
    }),
  ],
  from: { href: jobs.done.href, started: time("14:03") },
  schedule: {
    ...schedule,
    open: true,
    choices: options(
      "At a specific time",
      "Now",
      "Tonight at 02:00",
      "Tomorrow at 09:00",
      "At a specific time",
    ),
    at: "2026-11-23T02:00",
    zoneText: "Europe/Berlin",
    fixed: true,
    error: "This time has passed. Choose a later one, or “Now”",
  },
  error: "Fix the field marked below.",
  submitLabel: "Send",
  otherButtons: [],
  duration: "Usually 1-3 minutes",
};
