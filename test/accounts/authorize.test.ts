import { describe, expect, test } from "vitest";
import { type Action, can, visibleJobs } from "../../server/accounts/authorize.ts";

const owner = { userId: "ada", accountId: "a", role: "owner" } as const;
const member = { userId: "ben", accountId: "a", role: "member" } as const;
const outsider = { userId: "eve", accountId: "e", role: "owner" } as const;
const jobOfBen = { account_id: "a", user_id: "ben" };
const jobOfAda = { account_id: "a", user_id: "ada" };

describe.each<Action>(["see", "act", "download"])("permission to %s", (action) => {
  test("a member has the permission for their own job", () => {
    expect(can(member, action, jobOfBen)).toBe(true);
  });
  test("an owner has the permission for every job of the account", () => {
    expect(can(owner, action, jobOfBen)).toBe(true);
  });
  test("a member lacks the permission for another person's job", () => {
    expect(can(member, action, jobOfAda)).toBe(false);
  });
  test("a person lacks the permission for a job of another account", () => {
    expect(can(outsider, action, jobOfBen)).toBe(false);
  });
  test("a person who changed accounts lacks the permission for their earlier jobs", () => {
    expect(can({ ...member, accountId: "e" }, action, jobOfBen)).toBe(false);
  });
});

describe("job lists", () => {
  test("an owner lists their own jobs or those of the whole account", () => {
    expect(visibleJobs(owner, "mine")).toEqual({ accountId: "a", userId: "ada" });
    expect(visibleJobs(owner, "account")).toEqual({ accountId: "a" });
  });
  test("a member lists only their own jobs in every scope", () => {
    expect(visibleJobs(member, "mine")).toEqual({ accountId: "a", userId: "ben" });
    expect(visibleJobs(member, "account")).toEqual({ accountId: "a", userId: "ben" });
  });
});
