/** The fields of forms. */
import { parseTimeZone } from "../forms/date-range.ts";
import { localDateTime, utcText, zoneSuffix } from "../forms/date-times.ts";
import type { FieldType } from "../forms/field-type.ts";
import type { FieldGroup, InputField } from "../forms/input-fields.ts";
import { type FormValues, isPartOf } from "../forms/input-values.ts";
import type { Choice, Choices } from "../job.ts";

export interface Option {
  value: string;
  label: string;
  selected: boolean;
}

/** A field of a form that is generated from a kind's input. */
export interface FieldView {
  name: string;
  label: string;
  /** A "group" has fields of its own; all others have a value. */
  type: Exclude<FieldType, "columns"> | "group";
  /** The submitted or the suggested value; for an upload its id. */
  value: string;
  /** For a checkbox. */
  checked: boolean;
  /** For a select, and for values to tick. */
  options: Option[];
  /** Attributes with which the browser checks the value: `step`, `maxlength`, `pattern`. */
  attributes: Readonly<Record<string, string>>;
  /** For a date and time in a time zone; else null. */
  zone: ZoneView | null;
  /** For a group: the fields of an object. */
  fields: FieldView[];
  /** For a list: its values, those with a place first. */
  items: ListItem[];
  /** The field applies only if another one has a certain value; null if it always applies. */
  condition: ConditionView | null;
  required: boolean;
  /** Whether the browser does not require it, because the group around it may be left out. */
  mayBeMissing: boolean;
  /** A sentence below the label, or empty. */
  help: string;
  /** The error of an invalid value, or empty. */
  error: string;
  /** For a file: media types as the attribute `accept` takes them, or empty. */
  accept: string;
  /** For a file that was uploaded already: "contacts.csv, 8.1 MB", else empty. */
  fileText: string;
}

export interface ZoneView {
  /** "due_at.zone" */
  name: string;
  /** "Europe/Berlin" */
  value: string;
  /** The zone in words: "America/New York". */
  text: string;
  /** The value in UTC, for the script that shows it in the zone of the browser; or empty. */
  utc: string;
  /** Whether the person has set the zone, which overrides the browser's. */
  fixed: boolean;
}

export interface ConditionView {
  /** "format=csv" */
  query: string;
  /** "CSV only" */
  text: string;
}

export interface ListItem {
  /** "fields.email" */
  name: string;
  label: string;
  /** "1" for the first; empty for a value that is left out. */
  place: string;
}

export interface HiddenField {
  name: string;
  value: string;
}

/** The values of a form, by field name. */
export interface FormState {
  /** Includes invalid values, so that the person can correct them. */
  values: FormValues;
  /** For fields without a value. */
  suggested?: FormValues;
  errors?: Readonly<Record<string, string>>;
  /** The time zone from the person's settings. */
  preferredZone?: string | null;
}

/**
 * @param offered options that depend on a file or on the data of the account
 * @returns none for a field that does not apply
 */
export function fieldViews(
  field: InputField,
  offered: Choices | undefined,
  state: FormState,
): FieldView[] {
  const choices = offered?.[field.name];
  if (field.deprecated && !state.values[field.name]) return [];
  if (!choices) return field.type === "list" ? [] : [fieldView(field, state)];
  if (choices.length === 0) return [];
  if (field.type === "list") {
    return [{ ...fieldView(field, state), items: listItems(field, choices, state) }];
  }
  if (field.type === "multiple" || field.type === "lines") {
    const chosen = chosenValues(field, state);
    return [
      fieldView({ ...field, type: "multiple", options: withUnoffered(choices, chosen) }, state),
    ];
  }
  const value = state.values[field.name] ?? "";
  const options = withUnoffered(choices, value === "" ? [] : [value]);
  return [fieldView({ ...field, type: "select", options }, state)];
}

/** Values of an earlier job stay as they are, even if they are no longer offered. */
function withUnoffered(
  choices: readonly Choice[],
  chosen: readonly string[],
): InputField["options"] {
  const missing = chosen.filter((value) => !choices.some((choice) => choice.value === value));
  return [...missing.map((value) => ({ value, label: value })), ...choices];
}

/** @returns the ticked values, or the lines of a text */
function chosenValues({ name, initialList }: InputField, { values }: FormState): readonly string[] {
  const parts = Object.keys(values).filter((key) => key.startsWith(`${name}.`));
  if (parts.length > 0) {
    return parts.filter((key) => values[key] === "on").map((key) => key.slice(name.length + 1));
  }
  return values[name]?.split("\n").filter(Boolean) ?? initialList;
}

/** Puts the views of fields in objects into groups, in the order of the fields. */
export function groupFields(
  entries: readonly { field: InputField; view: FieldView }[],
  { errors }: Pick<FormState, "errors">,
  condition: (group: FieldGroup) => ConditionView | null = () => null,
  depth = 0,
): FieldView[] {
  const views: FieldView[] = [];
  const done = new Set<FieldGroup>();
  for (const { field, view } of entries) {
    const group = field.groups[depth];
    if (!group) views.push(view);
    else if (!done.has(group)) {
      done.add(group);
      const inside = entries.filter(({ field }) => field.groups[depth] === group);
      views.push({
        ...noField,
        ...{ name: group.name, label: group.label, help: group.help, type: "group" },
        required: !group.isOptional,
        error: errors?.[group.name] ?? "",
        condition: depth === 0 ? condition(group) : null,
        fields: groupFields(inside, { errors }, condition, depth + 1),
      });
    }
  }
  return views;
}

/** The properties that few fields have. */
export const noField = {
  ...{ value: "", checked: false, accept: "", fileText: "", error: "", help: "" },
  mayBeMissing: false,
  ...{ options: [], items: [], fields: [], attributes: {}, condition: null, zone: null },
} satisfies Partial<FieldView>;

function listItems(
  { name }: InputField,
  choices: readonly Choice[],
  { values }: FormState,
): ListItem[] {
  const isChosen = Object.keys(values).some((key) => key.startsWith(`${name}.`));
  const defaults = choices.filter(({ isDefault = true }) => isDefault);
  const items = choices.map((choice) => {
    const place = isChosen
      ? (values[`${name}.${choice.value}`] ?? "")
      : String(defaults.indexOf(choice) + 1 || "");
    return { name: `${name}.${choice.value}`, label: choice.label, place };
  });
  const order = ({ place }: ListItem) => (place === "" ? Number.POSITIVE_INFINITY : Number(place));
  return items.toSorted((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b)));
}

export function fieldView(field: InputField, state: FormState): FieldView {
  const { name, type, secret, label, required, help } = field;
  const { values, suggested, errors } = state;
  // The page never contains a secret, not even for the person who just typed it.
  const given = secret ? "" : (values[name] ?? suggested?.[name] ?? field.initial);
  const zone = field.dateTime?.hasZone ? zoneView(field, given, state) : null;
  const typedIn = values[`${name}${zoneSuffix}`];
  const isSeveral = type === "multiple" || type === "lines";
  const chosen = isSeveral ? chosenValues(field, state) : [given];
  return {
    ...noField,
    ...{ name, label, help, zone, attributes: field.attributes },
    mayBeMissing: field.mayBeMissing,
    type: type === "columns" ? "text" : type,
    value: shownValue(field, zone ? localDateTime(given, typedIn, zone.value) : given, chosen),
    checked: given === "on" || given === "true",
    options: isSeveral ? tickedOptions(field, chosen) : optionsOf(field, given),
    // A select with a value cannot be emptied, so it is not labelled optional.
    required: required || (type === "select" && given !== "" && !field.isNullable),
    error: errors?.[name] ?? errorOfPart(field, errors),
    accept: field.accept.join(","),
  };
}

function shownValue({ type }: InputField, value: string, chosen: readonly string[]): string {
  return type === "lines" ? chosen.join("\n") : value;
}

function tickedOptions({ options }: InputField, chosen: readonly string[]): Option[] {
  return options.map((option) => ({ ...option, selected: chosen.includes(option.value) }));
}

/** The form shows the time in the person's zone, else in the one that it was typed in. */
function zoneView({ name }: InputField, value: string, state: FormState): ZoneView {
  const typedIn = state.values[`${name}${zoneSuffix}`];
  const zone = state.preferredZone ?? parseTimeZone(typedIn) ?? "UTC";
  return {
    ...{ name: `${name}${zoneSuffix}`, value: zone, text: zone.replaceAll("_", " ") },
    utc: utcText(value, typedIn),
    fixed: Boolean(state.preferredZone),
  };
}

function optionsOf({ options, required, isNullable }: InputField, value: string): Option[] {
  if (options.length === 0) return [];
  const isChosen = options.some((option) => option.value === value);
  const none = { value: "", label: required ? "Choose one" : "Not set" };
  // A value that may be null can be taken back.
  const canBeEmpty = !isChosen || isNullable;
  return (canBeEmpty ? [none, ...options] : options).map((option) => {
    return { ...option, selected: option.value === value };
  });
}

/** @returns the error of a value in a list, such as "fields.3"; else empty */
function errorOfPart(field: InputField, errors: FormState["errors"] = {}): string {
  const found = Object.entries(errors).find(([path]) => isPartOf(field, path));
  if (!found) return "";
  const [path, message] = found;
  const at = Number(path.slice(field.name.length + 1));
  return field.type === "lines" ? `Line ${at + 1}: ${message}` : message;
}

/** @param fields all fields of the form */
export function conditionView(
  { onlyIf }: Pick<InputField, "onlyIf">,
  fields: readonly InputField[],
): ConditionView | null {
  const conditions = Object.entries(onlyIf);
  if (conditions.length === 0) return null;
  const labels = conditions.map(([name, value]) => {
    const options = fields.find((field) => field.name === name)?.options;
    return options?.find((option) => option.value === value)?.label ?? value;
  });
  return { query: String(new URLSearchParams(onlyIf)), text: `${labels.join(", ")} only` };
}
