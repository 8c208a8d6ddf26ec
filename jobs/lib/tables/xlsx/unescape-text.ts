const ESCAPED = /_x([0-9a-f]{4})_/gi;

/**
 * Excel writes characters that XML cannot hold as `_x000D_`, and a text that looks so with the
 * underscore escaped, `_x005F_x000D_` (ECMA-376, part 1, section 22.4.2.4).
 */
export function unescapeText(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
