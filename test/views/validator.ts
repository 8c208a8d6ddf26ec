/** Validates HTML. The errors are texts like "rule: message". */
import { HtmlValidate } from "html-validate/node";

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    "doctype-style": ["error", { style: "lowercase" }],
    // The checkboxes of all rows of a list share one name.
    "form-dup-name": ["error", { shared: ["checkbox", "submit"] }],
    // Pages refresh only inside <noscript>, with a link that stops it.
    "meta-refresh": "off",
    // The progress partial omits quotes to be small, and the title of a job may be long.
    "attr-quotes": "off",
    "no-raw-characters": "off",
    "long-title": "off",
    // The region for announcements is a <div role="status">: <output> belongs to forms.
    "prefer-native-element": "off",
  },
});

export async function faults(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} (line ${line})`),
  );
}
