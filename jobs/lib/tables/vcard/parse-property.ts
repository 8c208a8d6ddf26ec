/** Parses one property of a vCard: versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350). */
import { isUtf8 } from "node:buffer";
import { decode } from "../../csv/decode.ts";
import { type Encoding, encodingNames } from "../../csv/format.ts";

export interface Property {
  /** In upper case, without its group: "TEL" of `item1.TEL`. */
  name: string;
  /** The parts between unescaped semicolons, of which N and ADR have several. */
  parts: string[];
  isPreferred: boolean;
}

/** Pictures, sounds and keys are no text. */
const skipped = new Set(["PHOTO", "LOGO", "SOUND", "KEY"]);
const PROPERTY = /^(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)$/s;
const PARAMETER = /;((?:"[^"]*"|[^";])*)/g;

/** @param line its characters are bytes @returns undefined for a property that is not text, or none */
export function parseProperty(line: string): Property | undefined {
  const [, given = "", parameters = "", raw = ""] = PROPERTY.exec(line) ?? [];
  const name = given.toUpperCase();
  if (name === "" || skipped.has(name)) return undefined;
  let charset = "";
  let isQuotedPrintable = false;
  let isPreferred = false;
  for (const [, parameter = ""] of parameters.matchAll(PARAMETER)) {
    const [key = "", value = key] = parameter.toUpperCase().split(/=(.*)/s);
    // Version 2.1 leaves out the names of parameters.
    if (value === "QUOTED-PRINTABLE") isQuotedPrintable = true;
    if (value === "BASE64" || (key === "ENCODING" && value === "B")) return undefined;
    if (key === "CHARSET") charset = value;
    if (key === "PREF" && (value === "PREF" || Number(value) === 1)) isPreferred = true;
    if (key === "TYPE" && /\bPREF\b/.test(value)) isPreferred = true;
  }
  const bytes = isQuotedPrintable ? decodeQuotedPrintable(raw) : Buffer.from(raw, "latin1");
  const text = decodeText(bytes, charset);
  return { name, parts: splitParts(text), isPreferred };
}

function decodeQuotedPrintable(text: string): Buffer {
  const bytes = text.replace(/=([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return Buffer.from(bytes, "latin1");
}

/** Programs that name no charset write UTF-8, old ones the charset of Windows. */
function decodeText(bytes: Buffer, charset: string): string {
  const given = charset.toLowerCase().replace(/^iso-8859-1$/, "windows-1252");
  if (given in encodingNames && given !== "utf-8") return decode(bytes, given as Encoding);
  return isUtf8(bytes) ? bytes.toString("utf8") : decode(bytes, "windows-1252");
}

function splitParts(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === ";") {
      parts.push(part.trim());
      part = "";
    } else if (character === "\\" && at + 1 < text.length) {
      const next = text[++at]!;
      part += next === "n" || next === "N" ? "\n" : /[,;:\\]/.test(next) ? next : `\\${next}`;
    } else part += character;
  }
  parts.push(part.trim());
  return parts;
}
