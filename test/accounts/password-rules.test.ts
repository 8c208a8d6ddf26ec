import { expect, test } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { findPasswordProblem } from "../../server/accounts/password-rules.ts";

const email = "ada.lovelace@example.com";
const tooCommon = "Too many people use this password. Choose another one";

test.each([
  ["of nine characters", "123456789", "Use at least 10 characters"],
  ["of 129 characters", "a1b2c3d4e5".repeat(13).slice(1), "Use at most 128 characters"],
  ["of blanks", " ".repeat(12), "Use more different characters"],
  ["that repeats two characters", "1212121212", "Use more different characters"],
  [
    "that is the person's email",
    "ADA.Lovelace@example.com",
    "Choose a password other than your email",
  ],
  ["that is the name in the email", "ada.lovelace", "Choose a password other than your email"],
  ["that counts up", "abcdefghijkl", tooCommon],
  ["that counts down", "9876543210", tooCommon],
  ["from the list of common ones", "password123", tooCommon],
  ["from that list in capital letters", "QwertyUiop", tooCommon],
  ["from that list with a blank behind it", "basketball ", tooCommon],
])("a password %s is refused with a reason", async (_, password, problem) => {
  expect(await findPasswordProblem(password, email)).toBe(problem);
});

test.each(["analytical engine", "äöü-ßéè-42", "x".repeat(100).concat("yz!")])(
  "the password %j is accepted",
  async (password) => {
    expect(await findPasswordProblem(password, email)).toBeUndefined();
  },
);

test("the password of the demo account satisfies the rules", async () => {
  const { email, password } = demoAccount;
  expect(await findPasswordProblem(password, email)).toBeUndefined();
});
