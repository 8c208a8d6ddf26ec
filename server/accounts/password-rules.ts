/**
 * The rules for passwords that people choose. No rules about digits or symbols, which only make passwords
 * predictable: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */

/** Characters. 128 is the maximum of better-auth. */
export const passwordLength = { min: 10, max: 128 };

/** Fewer different characters are a repetition such as "aaaaaaaaaa" or "1212121212". */
const minDifferentCharacters = 4;

/**
 * @param email of the person, to which the password may not be equal
 * @returns a sentence about what is wrong with the password, or undefined if it may be used
 */
export async function findPasswordProblem(
  password: string,
  email: string,
): Promise<string | undefined> {
  const { min, max } = passwordLength;
  if (password.length < min) return `Use at least ${min} characters`;
  if (password.length > max) return `Use at most ${max} characters`;
  const text = password.trim().toLowerCase();
  if (new Set(text).size < minDifferentCharacters) return "Use more different characters";
  const address = email.trim().toLowerCase();
  if (text === address || text === address.split("@")[0])
    return "Choose a password other than your email";
  if (isSequence(text) || (await commonPasswords()).has(text))
    return "Too many people use this password. Choose another one";
  return undefined;
}

/** Whether each character follows the one before it, up or down: "abcdefghij", "9876543210". */
function isSequence(text: string): boolean {
  const codes = [...text].map((letter) => letter.codePointAt(0)!);
  const steps = codes.slice(1).map((code, at) => code - codes[at]!);
  return steps.every((step) => step === 1) || steps.every((step) => step === -1);
}

let loading: Promise<ReadonlySet<string>> | undefined;

/**
 * The common passwords of zxcvbn, in lower case: 49,000 from leaks, of which 1,500 are long enough.
 * Loaded when the first password is chosen, because the module has more than half a megabyte.
 */
function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= import("@zxcvbn-ts/language-common").then(({ dictionary }) => {
    const all = dictionary["passwords-common"] as string[];
    return new Set(all.filter(({ length }) => length >= passwordLength.min));
  });
  return loading;
}
