/** The errors of a form that follow from its values, and so are the same when the page is loaded again. */
import { checkInput } from "../../engine/start/check-input.ts";
import { tableFieldOf } from "../../forms/input-fields.ts";
import { type FormValues, parseInput } from "../../forms/input-values.ts";
import { parseSchedule, type ScheduleInput } from "../../forms/schedule.ts";
import type { Kind } from "../../job.ts";

export interface SubmittedForm {
  kind: Kind;
  values: FormValues;
  schedule: ScheduleInput;
  /** The table of the file whose columns the person saw; empty if the file has only one. */
  shownTable: string;
}

/** @param now ms since 1970 */
export function formErrors(
  form: SubmittedForm,
  preferredZone: string | null,
  now: number,
): Record<string, string> {
  const { kind, values, schedule } = form;
  const checked = checkInput(kind, parseInput(kind, values));
  const { error } = parseSchedule(schedule, preferredZone, now);
  return {
    ...(checked.ok ? {} : checked.errors),
    ...(error && { when: error }),
    ...otherTableError(form),
  };
}

/** The columns of the form are those of another sheet than the one that the person has chosen since. */
export function otherTableError({
  kind,
  values,
  shownTable,
}: Omit<SubmittedForm, "schedule">): Record<string, string> {
  const field = tableFieldOf(kind);
  if (!field || !shownTable || values[field.name] === shownTable) return {};
  const name = field.label.toLowerCase();
  return { [field.name]: `You chose another ${name}. Check its columns, then start.` };
}
