/** Characters that a terminal or an editor obeys: escape sequences, the bell, line ends other than LF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are searched for.
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/g;

/** @returns the text with each control character but tab, LF and CR as JSON writes it: `\u001b` */
export function escapeControls(text: string): string {
  return text.replace(
    controls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
