/** Makes the views of jobs in examples. */
import type { IconName } from "../../../job.ts";
import type { JobView } from "../../../presenters/job.ts";
import type { ButtonView } from "../../../presenters/job-actions.ts";
import { time } from "../layout.ts";

export const button = {
  resume: { path: "resume", label: "Resume", icon: "play", variant: "primary" },
  pause: { path: "pause", label: "Pause", icon: "pause", variant: "" },
  cancel: { path: "cancel", label: "Cancel", icon: "x-circle", variant: "danger" },
} satisfies Record<string, ButtonView>;
export const again = (label: string): ButtonView[] => [
  { path: "retry", label, icon: "refresh", variant: "" },
];

export const kindIcons: Record<string, IconName> = {
  contact_import: "import",
  contact_export: "export",
  email_campaign: "mail",
  audience_report: "chart",
  contact_clean: "sparkles",
};

/** A running import of 100,000 contacts at 42 %. @param different other values of properties */
export function jobView(different: Partial<JobView> = {}): JobView {
  const id = different.id ?? "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f";
  const view: Omit<JobView, "when" | "doing"> = {
    id,
    kind: "contact_import",
    icon: kindIcons[different.kind ?? "contact_import"] ?? "box",
    title: "Import contacts",
    subject: "autumn-fair.csv",
    href: `/jobs/${id}`,
    status: "running",
    displayStatus: "running",
    label: "Running",
    active: true,
    offers: "",
    version: 87,
    renderedAt: 1_763_906_712_345,
    percent: 42,
    percentText: "42 %",
    amount: "42,318 of 100,000 rows",
    message: "Importing autumn-fair.csv",
    estimate: "about 2 minutes left",
    elapsed: "1 min 12 s",
    stepText: "Step 2 of 2: Import the rows (41 %)",
    steps: [
      { name: "Check the file", state: "done", text: "3 s" },
      { name: "Import the rows", state: "running", text: "41 %" },
    ],
    counts: [
      { name: "succeeded", label: "imported", value: "42,241" },
      { name: "rejected", label: "rejected", value: "77" },
    ],
    outcome: "",
    error: "",
    advice: "",
    stoppedAt: "",
    result: null,
    buttons: [button.pause, button.cancel],
    starts: null,
    wakes: null,
    restoredFrom: null,
    created: time("14:03"),
    started: time("14:04"),
    finished: null,
    ...different,
  };
  const { stepText, amount, message } = view;
  return {
    doing: [stepText, amount, message].filter(Boolean).join(" · "),
    when: view.finished ?? view.starts ?? view.started ?? view.created,
    ...view,
  };
}

/** @returns an id of its own for each number */
export function numbered(number: number): string {
  return `0198c5d2-7a41-7c3e-9f10-${String(number).padStart(12, "0")}`;
}
