/** The parts of a form. */

export interface Option {
  value: string;
  label: string;
  selected: boolean;
}

/** One field of a form made from a kind's input. */
export interface FieldView {
  name: string;
  label: string;
  type: "text" | "email" | "password" | "number" | "select" | "checkbox" | "file" | "textarea";
  /** What was typed or what is proposed; for an upload its id. */
  value: string;
  /** For a checkbox. */
  checked: boolean;
  /** For a select. */
  options: Option[];
  required: boolean;
  /** A sentence below the label, or empty. */
  help: string;
  /** What is wrong with the value, or empty. */
  error: string;
  /** For a file: media types as in `accept`, or empty. */
  accept: string;
  /** For a file that is already there: "contacts.csv, 8.1 MB"; else empty. */
  fileText: string;
}

export interface HiddenField {
  name: string;
  value: string;
}

/** When the job is to start. */
export interface ScheduleView {
  /** True where something else than now was chosen, or is wrong. */
  open: boolean;
  choices: Option[];
  /** As it was typed: "2026-11-24T02:00", or empty. */
  at: string;
  /** What the browser said its zone is, or empty; a script puts it in. */
  zone: string;
  /** The zone that times are read in: "UTC". */
  zoneText: string;
  /** True where the person chose that zone in the settings, whatever the browser's is. */
  fixed: boolean;
  error: string;
}
