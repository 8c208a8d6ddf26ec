import { describe, expect, test } from "vitest";
import { type Action, can, visibleJobs } from "../../server/accounts/authorize.ts";

const owner = { userId: "ada", accountId: "a", role: "owner" } as const;
const member = { userId: "ben", accountId: "a", role: "member" } as const;
const stranger = { userId: "eve", accountId: "e", role: "owner" } as const;
const jobOfBen = { account_id: "a", user_id: "ben" };
const jobOfAda = { account_id: "a", user_id: "ada" };

describe.each<Action>(["see", "act", "download"])("to %s", (action) => {
  test("a person's own is allowed", () => {
    expect(can(member, action, jobOfBen)).toBe(true);
  });
  test("all of the account's is allowed to an owner", () => {
    expect(can(owner, action, jobOfBen)).toBe(true);
  });
  test("others' is not allowed to a member", () => {
    expect(can(member, action, jobOfAda)).toBe(false);
  });
  test("another account's is allowed to nobody", () => {
    expect(can(stranger, action, jobOfBen)).toBe(false);
  });
  test("what a person left behind in another account is not theirs any more", () => {
    expect(can({ ...member, accountId: "e" }, action, jobOfBen)).toBe(false);
  });
});

describe("lists", () => {
  test("an owner sees their own or the whole account's", () => {
    expect(visibleJobs(owner, "mine")).toEqual({ accountId: "a", userId: "ada" });
    expect(visibleJobs(owner, "account")).toEqual({ accountId: "a" });
  });
  test("a member sees their own, whatever was asked for", () => {
    expect(visibleJobs(member, "mine")).toEqual({ accountId: "a", userId: "ben" });
    expect(visibleJobs(member, "account")).toEqual({ accountId: "a", userId: "ben" });
  });
});
