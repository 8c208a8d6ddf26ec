import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

const people = "email,name\nada@example.com,Ada\n";

describe.each(backends)("$name", (which) => {
  let api: Api;
  let ada: Member;
  beforeAll(async () => {
    api = await apiServer(which);
    ada = await api.join("ada");
  });
  afterAll(() => api.close());

  async function stored(id: string): Promise<{ content: string; user_id: string; name: string }> {
    const row = await api.backend.db
      .selectFrom("uploads")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    return { ...row, content: await text(api.storage.read(row.storage_key)) };
  }

  test("a raw body is uploaded under the name in the query or header", async () => {
    const init = { method: "POST", body: people, headers: { "content-type": "text/csv" } };
    const answer = await ada.send("/uploads?name=people.csv", init);
    expect(answer.status).toBe(201);
    const body = (await answer.json()) as { upload_id: string };
    expect(body).toEqual({ upload_id: expect.any(String), name: "people.csv", size: 31 });
    expect(await stored(body.upload_id)).toMatchObject({ content: people, user_id: ada.userId });

    const headers = { "content-disposition": 'attachment; filename="friends.csv"' };
    const named = await ada.send("/uploads", { method: "POST", body: people, headers });
    expect(await named.json()).toMatchObject({ name: "friends.csv" });
  });

  test("a multipart form is uploaded", async () => {
    const body = new FormData();
    body.append("file", new File([people], "people.csv", { type: "text/csv" }));
    const answer = await ada.send("/uploads", { method: "POST", body });
    expect(answer.status).toBe(201);
    const { upload_id } = (await answer.json()) as { upload_id: string };
    expect(await stored(upload_id)).toMatchObject({ content: people, name: "people.csv" });
  });

  test.each<[number, string, string | FormData]>([
    [400, "an empty file", ""],
    [400, "a form without a file", new FormData()],
    [413, "a file that is too large", "x".repeat(1_000_001)],
  ])("the API answers %i to %s", async (status, _, body) => {
    const answer = await ada.send("/uploads", { method: "POST", body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({
      status,
      detail: expect.stringMatching(/file|form/),
    });
  });

  test("an upload works after another one was too large", async () => {
    for (const size of [1_000_001, 3, 5_000_000, 3]) {
      const answer = await ada.send("/uploads", { method: "POST", body: "x".repeat(size) });
      expect(answer.status).toBe(size > 3 ? 413 : 201);
    }
  });
});
