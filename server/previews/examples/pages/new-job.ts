import { kindIcons } from "../jobs/job-view.ts";
import { layout } from "../layout.ts";
import type { PageExamples } from "./page-example.ts";

/** The page where a kind is chosen. */
export const newJobPages: PageExamples = {
  "new": {
    template: "jobs/new",
    data: {
      layout: { ...layout, title: "New job", section: "new" },
      kinds: [
        [
          "contact_import",
          "Import contacts",
          "Add contacts from a spreadsheet, CSV file or address book.",
        ],
        ["contact_export", "Export contacts", "Download all or some of your contacts as CSV."],
        ["email_campaign", "Write to your audience", "Send one message to each of your contacts."],
        [
          "audience_report",
          "Audience report",
          "Numbers and charts about your contacts, as a page and a PDF.",
        ],
        ["contact_clean", "Clean contacts", "Find duplicates and invalid addresses."],
      ].map(([kind = "", title = "", description = ""]) => ({
        kind,
        icon: kindIcons[kind] ?? "box",
        title,
        description,
        href: `/jobs/new/${kind}`,
        duration: kind === "contact_clean" ? "" : "Usually 1-3 minutes",
        needs: kind === "contact_clean" ? "Needs CLEANER_KEY" : "",
      })),
    },
  },
};
