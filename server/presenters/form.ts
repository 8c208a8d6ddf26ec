/** The fields of forms. */
import type { InputField } from "../forms/input-fields.ts";
import type { FormValues } from "../forms/input-values.ts";

export interface Option {
  value: string;
  label: string;
  selected: boolean;
}

/** One field of a form that is made from a kind's input. */
export interface FieldView {
  name: string;
  label: string;
  type: "text" | "email" | "password" | "number" | "select" | "checkbox" | "file" | "textarea";
  /** The submitted or the proposed value; for an upload its id. */
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
  /** Kept even where they are invalid. */
  values: FormValues;
  /** For fields without a value. */
  suggested?: FormValues;
  errors?: Readonly<Record<string, string>>;
}

export function fieldView(field: InputField, { values, suggested, errors }: FormState): FieldView {
  const { name, type, secret, label, required, help } = field;
  // Secrets are never sent back, not even to the person who just typed them.
  const value = secret ? "" : (values[name] ?? suggested?.[name] ?? field.initial);
  return {
    name,
    label,
    type: type === "columns" ? "text" : type,
    value,
    checked: value === "on" || value === "true",
    options: optionsOf(field, value),
    // A select that has a value can't be emptied, so it is not labelled optional.
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
