import type { InputField } from "../forms/input-fields.ts";
import type { Typed } from "../forms/input-values.ts";
import type { FieldView } from "./form.ts";

export interface Filled {
  /** What was typed; it stays, also where it is wrong, unless nobody may read it again. */
  typed: Typed;
  /** What is proposed where nothing was typed. */
  suggested?: Typed;
  errors?: Readonly<Record<string, string>>;
}

export function fieldView(field: InputField, { typed, suggested, errors }: Filled): FieldView {
  const { name, type, secret, label, required, help } = field;
  const given = typed[name] ?? suggested?.[name] ?? field.initial;
  // It is not sent back, not even to who has just typed it.
  const value = secret ? "" : given;
  return {
    name,
    label,
    type: type === "columns" ? "text" : type,
    value,
    checked: value === "on" || value === "true",
    options: optionsOf(field, value),
    // A choice that has been made for them need not be called optional.
    required: required || (type === "select" && value !== ""),
    help,
    error: errors?.[name] ?? "",
    accept: field.accept.join(","),
    fileText: "",
  };
}

function optionsOf({ options, required }: InputField, value: string): FieldView["options"] {
  if (options.length === 0) return [];
  const isChosen = options.some((option) => option.value === value);
  const none = { value: "", label: required ? "Choose one" : "Not chosen" };
  return (isChosen ? options : [none, ...options]).map((option) => {
    return { ...option, selected: option.value === value };
  });
}
