/** The fields of forms. */
import type { InputField } from "../forms/input-fields.ts";
import type { FormValues } from "../forms/input-values.ts";
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
  type:
    | "text"
    | "email"
    | "password"
    | "number"
    | "select"
    | "checkbox"
    | "file"
    | "textarea"
    | "list";
  /** The submitted or the suggested value; for an upload its id. */
  value: string;
  /** For a checkbox. */
  checked: boolean;
  /** For a select. */
  options: Option[];
  /** For a list: its values, those with a place first. */
  items: ListItem[];
  /** The field applies only if another one has a certain value; null if it always applies. */
  condition: ConditionView | null;
  required: boolean;
  /** A sentence below the label, or empty. */
  help: string;
  /** The error of an invalid value, or empty. */
  error: string;
  /** For a file: media types as the attribute `accept` takes them, or empty. */
  accept: string;
  /** For a file that was uploaded already: "contacts.csv, 8.1 MB", else empty. */
  fileText: string;
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
  const value = state.values[field.name] ?? "";
  const isOffered = value === "" || choices.some((choice) => choice.value === value);
  const options = isOffered ? [...choices] : [{ value, label: value }, ...choices];
  return [fieldView({ ...field, type: "select", options }, state)];
}

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

export function fieldView(field: InputField, { values, suggested, errors }: FormState): FieldView {
  const { name, type, secret, label, required, help } = field;
  // The page never contains a secret, not even for the person who just typed it.
  const value = secret ? "" : (values[name] ?? suggested?.[name] ?? field.initial);
  return {
    name,
    label,
    type: type === "columns" ? "text" : type,
    value,
    checked: value === "on" || value === "true",
    options: optionsOf(field, value),
    // A select with a value cannot be emptied, so it is not labelled optional.
    required: required || (type === "select" && value !== ""),
    help,
    error: errors?.[name] ?? errorOfPart(name, errors),
    accept: field.accept.join(","),
    fileText: "",
    items: [],
    condition: null,
  };
}

function optionsOf({ options, required }: InputField, value: string): Option[] {
  if (options.length === 0) return [];
  const isChosen = options.some((option) => option.value === value);
  const none = { value: "", label: required ? "Choose one" : "Not set" };
  return (isChosen ? options : [none, ...options]).map((option) => {
    return { ...option, selected: option.value === value };
  });
}

/** @returns the error of a value in a list, such as "fields.3"; else empty */
function errorOfPart(name: string, errors: FormState["errors"] = {}): string {
  return Object.entries(errors).find(([path]) => path.startsWith(`${name}.`))?.[1] ?? "";
}

/** @param fields all fields of the form */
export function conditionView(
  { onlyIf }: InputField,
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
