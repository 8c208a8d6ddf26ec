/** What is wrong with a piece of HTML, as "rule: message"; nothing where it is valid. */
import { HtmlValidate } from "html-validate/node";

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    "doctype-style": ["error", { style: "lowercase" }],
    // One name for the boxes of all rows of a list.
    "form-dup-name": ["error", { shared: ["checkbox", "submit"] }],
    // Inside <noscript>, with a link that stops it.
    "meta-refresh": "off",
    // A tick of progress goes without quotes and a job's title may be as long as it likes.
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
