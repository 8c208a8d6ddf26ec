/** Fields of forms in examples. */
import type { FieldView, Option } from "../../../presenters/form.ts";
import type { CredentialField } from "../../../presenters/settings.ts";

export function options(chosen: string, ...labels: string[]): Option[] {
  return labels.map((label) => ({ value: label.toLowerCase(), label, selected: label === chosen }));
}

export function field(name: string, label: string, different: Partial<FieldView> = {}): FieldView {
  return {
    name,
    label,
    type: "text",
    value: "",
    checked: false,
    options: [],
    required: true,
    help: "",
    error: "",
    accept: "",
    fileText: "",
    ...{ items: [], condition: null, attributes: {}, zone: null, fields: [] },
    mayBeMissing: false,
    ...different,
  };
}

export function credentialField(id: string, label: string): CredentialField {
  const texts = { id, name: id, label, value: "", help: "", error: "" };
  return id.includes("password")
    ? { ...texts, type: "password", autocomplete: "current-password" }
    : { ...texts, type: "text", autocomplete: "off" };
}
