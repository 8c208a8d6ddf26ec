import { describe, expect, test } from "vitest";
import { type Action, can, visibleJobs } from "../../server/accounts/authorize.ts";

const owner = { userId: "ada", accountId: "a", role: "owner" } as const;
const member = { userId: "ben", accountId: "a", role: "member" } as const;
const stranger = { userId: "eve", accountId: "e", role: "owner" } as const;
const jobOfBen = { account_id: "a", user_id: "ben" };
const jobOfAda = { account_id: "a", user_id: "ada" };

describe.each<Action>(["see", "act", "download"])("to %s", (action) => {
  test("a member may do it with their own job", () => {
    expect(can(member, action, jobOfBen)).toBe(true);
  });
  test("an owner may do it with every job of the account", () => {
    expect(can(owner, action, jobOfBen)).toBe(true);
  });
  test("a member may not do it with another person's job", () => {
    expect(can(member, action, jobOfAda)).toBe(false);
  });
  test("nobody may do it with a job of another account", () => {
    expect(can(stranger, action, jobOfBen)).toBe(false);
  });
  test("a person who changed accounts may not do it with the jobs they left behind", () => {
    expect(can({ ...member, accountId: "e" }, action, jobOfBen)).toBe(false);
  });
});

describe("lists", () => {
  test("an owner lists their own jobs or those of the whole account", () => {
    expect(visibleJobs(owner, "mine")).toEqual({ accountId: "a", userId: "ada" });
    expect(visibleJobs(owner, "account")).toEqual({ accountId: "a" });
  });
  test("a member lists their own jobs, whatever the scope", () => {
    expect(visibleJobs(member, "mine")).toEqual({ accountId: "a", userId: "ben" });
    expect(visibleJobs(member, "account")).toEqual({ accountId: "a", userId: "ben" });
  });
});
