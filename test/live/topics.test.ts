import { expect, test } from "vitest";
import { parseCursors, parseTopics } from "../../server/live/topics.ts";

const id = "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f";

test("topics of pages, rows and lists are read, each once", () => {
  expect(parseTopics(`job:${id},row:${id},jobs:mine,jobs:account,job:${id}`)).toEqual([
    { kind: "job", id },
    { kind: "row", id },
    { kind: "list", scope: "mine" },
    { kind: "list", scope: "account" },
  ]);
});

test("a list says since when new jobs are news to it", () => {
  expect(parseTopics("jobs:mine:1795430855772,jobs:account:soon")).toEqual([
    { kind: "list", scope: "mine", since: 1795430855772 },
  ]);
});

test("what is no topic is left out", () => {
  expect(parseTopics("job:1,row:,jobs:others,<script>,job:'; drop table jobs")).toEqual([]);
});

test("nobody watches without end", () => {
  const many = Array.from({ length: 5_000 }, (_, n) => {
    return `row:00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
  });
  expect(parseTopics(many.join(","))).toHaveLength(1_000);
});

test("cursors are whole numbers for each job", () => {
  expect([...parseCursors(`${id}:12,x:,y:-1,z:1e9`)]).toEqual([[id, 12]]);
});
