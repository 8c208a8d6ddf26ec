/**
 * Reads email addresses as people have them in their files: wrapped in a name and angles, behind
 * `mailto:`, with quotes, blanks or invisible characters around them.
 *
 * An address is a dot-atom (RFC 5321, section 4.1.2), with letters of any language (RFC 6531), at a
 * domain name of two labels or more. Quoted local parts and address literals are refused: in lists of
 * people they are mistakes.
 */
import { domainToASCII, domainToUnicode } from "node:url";

const ASCII =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const ANY_LANGUAGE =
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?\.)+\p{L}[\p{L}\p{M}\p{N}-]*$/u;
const NON_ASCII = /[^\0-\x7f]/;
const maxLength = 254;
/** RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4. */
const maxLocalPart = 64;
const LONG_LABEL = /[^.@]{64}/;
const tooLong = `Email longer than ${maxLength} characters`;
/** A cell may hold a name and several addresses. */
const maxCell = 2_000;

/** @param address trimmed, in lower case, not longer than 254 characters */
export function isEmailAddress(address: string): boolean {
  const hasForm = ASCII.test(address) || (NON_ASCII.test(address) && ANY_LANGUAGE.test(address));
  return hasForm && (address.length <= maxLocalPart || hasShortParts(address));
}

function hasShortParts(address: string): boolean {
  const at = address.indexOf("@");
  return at <= maxLocalPart && !LONG_LABEL.test(address.slice(at + 1));
}

export interface ParsedEmail {
  /** Lower case, NFC, the domain in letters rather than in Punycode: equal addresses are equal texts. */
  address: string;
  /** The name beside an address in angles: `Ann Wells <ann@example.com>`. */
  name?: string;
  /** Further addresses in the cell, as typed. */
  others?: string[];
}

/** @returns the first address of the cell, or the reason why there is none */
export function parseEmail(cell: string): ParsedEmail | string {
  const plain = cell.trim().toLowerCase();
  // Most cells hold nothing but an address.
  const isPlain = plain.length <= maxLocalPart && plain[0] !== "'" && ASCII.test(plain);
  if (isPlain && !plain.includes("xn--")) return { address: plain };
  // The patterns below are slow on long texts.
  return cell.length > maxCell ? tooLong : parseWrapped(cell);
}

/** Zero-width characters, marks of direction, the soft hyphen, the byte order mark. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
/** Texts that people type in place of an address. */
const PLACEHOLDER = /^(?:[-–—.?/]+|none|n\/?a|null|nil|unknown|keine?|aucune?|ninguno|no email)$/i;
const ANGLED = /^(.*?)<([^<>]*@[^<>]*)>(.*)$/s;
const WRAPPING = /^[\s'"`“”„‘’‚«»<>()[\]{},;:]+|[\s'"`“”„‘’‚«»<>()[\]{},;:.!?/]+$/g;
/** `[Ann](mailto:ann@example.com)`, as editors copy links. */
const MARKDOWN_LINK = /\[([^\]]*)\]\(mailto:([^\s()]+)\)/gi;
/** `ann@example.com (work)`: RFC 5322 calls it a comment. */
const COMMENT = /^\s*\([^()@]*\)|\([^()@]*\)[\s.,;]*$/g;
/** `SMTP:` is how Exchange writes the main address. */
const SCHEME = /^(?:mailto|smtp|e-?mail|mail)\s*:\s*/i;

function parseWrapped(cell: string): ParsedEmail | string {
  const text = cell
    .normalize("NFC")
    .replace(INVISIBLE, "")
    .replace(/\u00a0/g, " ")
    .replace(/\s*(?:＠|&#64;|@)\s*/g, "@")
    .replace(/[’‘](?=\S)/g, "'")
    .replace(MARKDOWN_LINK, "$1 <$2>")
    .trim();
  if (text === "" || PLACEHOLDER.test(text)) return "Missing email";
  const [, before = "", inside, after = ""] = ANGLED.exec(text) ?? [];
  const name = before.replace(WRAPPING, "").trim();
  const [first = "", ...more] = splitAddresses(inside ?? text);
  const address = normalizeAddress(first);
  const reason = findFault(address);
  if (reason) return reason;
  const others = [...more, ...(after.includes("@") ? splitAddresses(after) : [])]
    .map((other) => other.replace(WRAPPING, ""))
    .filter((other) => other !== "");
  return {
    address,
    ...(name && !name.includes("@") ? { name } : {}),
    ...(others.length > 0 ? { others } : {}),
  };
}

/** Splits at whatever stands between two addresses; a text with one `@` stays whole. */
function splitAddresses(text: string): string[] {
  if (text.indexOf("@") === text.lastIndexOf("@")) return [text];
  const parts = text.split(/\s*(?:[;,|\n\r\t]|:::|\s\/\s|\/(?=[^@]*@))\s*|\s+(?=\S*@)/);
  const addresses = parts.filter((part) => part.includes("@"));
  // "a@b@c" is one wrong address, not two.
  return addresses.length === 0 ? [text] : addresses;
}

function normalizeAddress(text: string): string {
  const bare = text
    .replace(COMMENT, "")
    .replace(WRAPPING, "")
    .replace(SCHEME, "")
    .replace(/\?(?:subject|cc|bcc|body)=.*$/is, "")
    .replace(WRAPPING, "");
  // In lower case, the Turkish capital I with a dot would become two characters.
  const lower = bare.replace(/İ/g, "i").toLowerCase().normalize("NFC");
  const at = lower.lastIndexOf("@");
  if (at === -1 || !/[^\0-\x7f]|xn--/.test(lower.slice(at))) return lower;
  const domain = domainToUnicode(domainToASCII(lower.slice(at + 1)));
  return domain === "" ? lower : `${lower.slice(0, at)}@${domain}`;
}

/** Reasons quote nothing of the row, so that equal ones are counted together. */
function findFault(address: string): string | undefined {
  if (address.length > maxLength) return tooLong;
  if (isEmailAddress(address)) return undefined;
  const at = address.indexOf("@");
  if (at === -1) return "No @ in the email";
  if (/\p{C}/u.test(address.replace(/\s/g, ""))) return "Invisible character in the email";
  if (/\s/.test(address)) return "Space in the email";
  if (at !== address.lastIndexOf("@")) return "More than one @ in the email";
  if (at === 0) return "Nothing before the @ in the email";
  if (at === address.length - 1) return "No domain in the email";
  if (address.includes(",")) return "Comma in the email";
  if (/\.\.|^\.|\.@/.test(address)) return "Misplaced dot in the email";
  const domain = address.slice(at + 1);
  if (/^\[|^[\d.]+$/.test(domain)) return "IP address instead of a domain in the email";
  if (!domain.includes(".")) return "Domain without a dot in the email";
  if (at > maxLocalPart) return `More than ${maxLocalPart} characters before the @ in the email`;
  // The domain alone is at fault if it is one behind no other name either.
  return isEmailAddress(`a@${domain}`)
    ? "Invalid character before the @ in the email"
    : "Invalid domain in the email";
}
