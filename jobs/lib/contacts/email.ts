/**
 * An email address is a dot-atom (RFC 5321, section 4.1.2), with letters of any language (RFC 6531),
 * at a domain name of two labels or more. Quoted local parts and address literals are refused: in
 * lists of people they are mistakes.
 */
const ASCII =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const ANY_LANGUAGE =
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?\.)+\p{L}[\p{L}\p{M}\p{N}-]*$/u;
const NON_ASCII = /[^\0-\x7f]/;

/** @param address trimmed, in lower case, not longer than 254 characters */
export function isEmailAddress(address: string): boolean {
  return ASCII.test(address) || (NON_ASCII.test(address) && ANY_LANGUAGE.test(address));
}
