import { layout } from "../layout.ts";
import type { PageExample, PageExamples } from "./page-example.ts";

const followUp: PageExample = {
  template: "jobs/follow_up",
  data: {
    layout: { ...layout, title: "Undo this import" },
    id: "0198c5d2-7a41-7c3e-9f10-000000000001",
    name: "undo",
    heading: "Undo this import?",
    text: "Contacts that it created are removed, and values that it changed are restored.",
    label: "Undo this import",
    job: "Import contacts, people.csv",
  },
};

/** The question before a follow-up. */
export const followUpPages: PageExamples = { "jobs-follow-up": followUp };
