import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

interface Answer {
  lines: { seq: number; level: string; message: string; happenedAt: string }[];
  next: number | null;
}

describe.each(backends)("$name", (which) => {
  let api: Api;
  let ada: Member;
  let grace: Member;
  let id: string;
  beforeAll(async () => {
    api = await apiServer(which);
    [ada, grace] = await Promise.all([api.join("ada"), api.join("grace")]);
    id = await ada.start("counting");
    await api.runNext();
  });
  afterAll(() => api.close());

  async function logs(query = ""): Promise<Answer> {
    const answer = await ada.send(`/jobs/${id}/logs${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Answer;
  }

  test("all lines are returned in order", async () => {
    const happenedAt = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await logs()).toEqual({
      lines: [
        { seq: 1, level: "info", message: "Looking around", happenedAt },
        { seq: 2, level: "warn", message: "One of them is a wolf", happenedAt },
        { seq: 3, level: "error", message: "Nothing left to count", happenedAt },
      ],
      next: null,
    });
  });

  test.each<[string, number[], number | null]>([
    ["?after=1", [2, 3], null],
    ["?after=3", [], null],
    ["?limit=2", [1, 2], 2],
    ["?limit=2&after=2", [3], null],
    ["?level=warn", [2], null],
    ["?level=error&after=1&limit=1", [3], null],
    ["?after=2147483647", [], null],
  ])("the query %s selects lines", async (query, seqs, next) => {
    const answer = await logs(query);
    expect(answer.lines.map((line) => line.seq)).toEqual(seqs);
    expect(answer.next).toBe(next);
  });

  test.each(["after=-1", "after=x", "after=2147483648", "level=debug", "limit=0"])(
    "the log is refused with %s",
    async (query) => {
      expect((await ada.send(`/jobs/${id}/logs?${query}`)).status).toBe(422);
    },
  );

  test("the log of another person's job is not found", async () => {
    expect((await grace.send(`/jobs/${id}/logs`)).status).toBe(404);
  });
});
