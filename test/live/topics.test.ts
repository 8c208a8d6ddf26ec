import { expect, test } from "vitest";
import { parseCursors, parseTopics } from "../../server/live/topics.ts";

const id = "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f";

test("topics of pages, rows and lists are parsed, each once", () => {
  expect(parseTopics(`job:${id},row:${id},jobs:mine,jobs:account,job:${id}`)).toEqual([
    { kind: "job", id },
    { kind: "row", id },
    { kind: "list", scope: "mine" },
    { kind: "list", scope: "account" },
  ]);
});

test("a list topic has the time after which created jobs are announced", () => {
  expect(parseTopics("jobs:mine:1795430855772,jobs:account:soon")).toEqual([
    { kind: "list", scope: "mine", since: 1795430855772 },
  ]);
});

test("invalid topics are ignored", () => {
  expect(parseTopics("job:1,row:,jobs:others,<script>,job:'; drop table jobs")).toEqual([]);
});

test("at most 1,000 topics are watched", () => {
  const many = Array.from({ length: 5_000 }, (_, n) => {
    return `row:00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
  });
  expect(parseTopics(many.join(","))).toHaveLength(1_000);
});

test("cursors are whole numbers by job id", () => {
  expect([...parseCursors(`${id}:12,x:,y:-1,z:1e9`)]).toEqual([[id, 12]]);
});
