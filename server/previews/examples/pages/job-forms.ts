import { jobs } from "../jobs.ts";
import { layout } from "../layout.ts";
import { field, options } from "./fields.ts";
import { form } from "./job-form.ts";
import type { PageExamples } from "./page-example.ts";

/** The forms that start a job, and the page that says that it runs already. */
export const jobFormPages: PageExamples = {
  form: { template: "jobs/form", data: form },
  "form-upload": {
    template: "jobs/form",
    data: {
      ...form,
      kind: "contact_import",
      title: "Import contacts",
      description: "Add contacts from a spreadsheet, CSV file or address book.",
      action: "/uploads",
      multipart: true,
      upload: {
        ...{ nextHref: "/jobs/new/contact_import?", field: "upload_id" },
        ...{ several: false, skipHref: "" },
      },
      fields: [
        field("file", "File of contacts", {
          type: "file",
          accept: "text/csv,.csv",
          help: "Up to 1 GB.",
        }),
      ],
      schedule: null,
      error: "",
      submitLabel: "Upload",
    },
  },
  "form-export": {
    template: "jobs/form",
    data: {
      ...form,
      kind: "contact_export",
      title: "Export contacts",
      fields: [
        field("fields", "Fields", {
          type: "list",
          required: false,
          items: [
            { name: "fields.email", label: "Email", place: "1" },
            { name: "fields.custom_fields.City", label: "City", place: "" },
          ],
          error: "Choose at least one field",
        }),
        field("delimiter", "Delimiter", {
          type: "select",
          options: options("Comma", "Comma", "Semicolon"),
          condition: { query: "format=csv", text: "CSV only" },
        }),
        field("protect_numbers", "Protect numbers", {
          type: "checkbox",
          required: false,
          condition: { query: "format=csv", text: "CSV only" },
        }),
        field("password", "Password of the file", { type: "password", required: false }),
      ],
      error: "",
    },
  },
  "form-uploaded": {
    template: "jobs/form",
    data: {
      ...form,
      fields: [
        field("upload_id", "File of contacts", {
          type: "file",
          value: "u-1",
          fileText: "autumn-fair.csv, 8.1 MB",
        }),
      ],
    },
  },
  already: {
    template: "jobs/duplicate",
    data: {
      layout: {
        ...layout,
        title: jobs.running.title,
        section: "new",
        topics: [`row:${jobs.running.id}`],
      },
      heading: "This job is already running",
      who: "Grace Hopper",
      state: "It's still running.",
      job: jobs.running,
      action: "/jobs",
      hidden: [
        { name: "type", value: "contact_import" },
        { name: "idempotency_key", value: "k-1" },
        { name: "anyway", value: "1" },
      ],
    },
  },
};
