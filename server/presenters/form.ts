/** The fields of forms. */
import type { InputField } from "../forms/input-fields.ts";
import type { FormValues } from "../forms/input-values.ts";

export interface Option {
  value: string;
  label: string;
  selected: boolean;
}

/** A field of a form that is generated from a kind's input. */
export interface FieldView {
  name: string;
  label: string;
  type: "text" | "email" | "password" | "number" | "select" | "checkbox" | "file" | "textarea";
  /** The submitted or the suggested value; for an upload its id. */
  value: string;
  /** For a checkbox. */
  checked: boolean;
  /** For a select. */
  options: Option[];
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
    error: errors?.[name] ?? "",
    accept: field.accept.join(","),
    fileText: "",
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
