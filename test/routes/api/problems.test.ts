import { HTTPException } from "hono/http-exception";
import { describe, expect, onTestFinished, test } from "vitest";
import { ActionRefused } from "../../../server/engine/action-refused.ts";
import { InvalidInput, UnknownKind } from "../../../server/engine/start/request.ts";
import { toHttpError } from "../../../server/routes/error-map.ts";
import { HttpError } from "../../../server/routes/http-error.ts";
import { StorageFull } from "../../../server/storage/storage.ts";
import { UploadTooLarge } from "../../../server/storage/uploads.ts";
import { apiServer } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";
import { startDatabaseProxy } from "../../support/database-proxy.ts";

describe("the error map", () => {
  test.each<[number, Error]>([
    [418, new HttpError({ status: 418, title: "Teapot", detail: "I am a teapot" })],
    [400, new HTTPException(400, { message: "Malformed JSON" })],
    [409, new ActionRefused("not_final")],
    [413, new UploadTooLarge(1)],
    [422, new UnknownKind("nonsense")],
    [422, new InvalidInput({ from: "Too small" })],
    [503, Object.assign(new Error("connect"), { code: "ECONNREFUSED" })],
    [507, new StorageFull("The disk is full")],
    [500, new Error("x is not a function")],
    [500, new HTTPException(502)],
  ])("answers with %i", (status, error) => {
    expect(toHttpError(error).status).toBe(status);
  });

  test("does not reveal the message of an unexpected error", () => {
    expect(toHttpError(new Error("select * from secrets")).message).not.toContain("secrets");
  });

  test("names an invalid input field by its path in the body", () => {
    expect(toHttpError(new InvalidInput({ from: "Too small" })).errors).toEqual({
      "metadata.from": "Too small",
    });
  });
});

test("the API answers 503 during a database outage and recovers afterwards", async () => {
  const proxy = await startDatabaseProxy(backends.find(({ name }) => name === "postgres")!);
  onTestFinished(() => proxy.close());
  const api = await apiServer(proxy.backend);
  onTestFinished(() => api.close());
  const ada = await api.join("ada");
  const id = await ada.start("counting");

  await proxy.disconnect();
  const requests = [
    () => ada.send(`/jobs/${id}`),
    () => ada.send("/jobs"),
    () => ada.post("/jobs/start", { type: "counting" }),
    () => ada.post(`/jobs/${id}/cancel`),
    () => ada.send(`/jobs/${id}/events`, { headers: { accept: "text/event-stream" } }),
  ];
  for (const request of requests) {
    const answer = await request();
    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(await answer.json()).toMatchObject({ status: 503, title: "Service Unavailable" });
  }

  await proxy.reconnect();
  await expect.poll(async () => (await ada.send(`/jobs/${id}`)).status).toBe(200);
});

test("an event stream survives a database outage and continues without a gap", async () => {
  const proxy = await startDatabaseProxy(backends.find(({ name }) => name === "postgres")!);
  onTestFinished(() => proxy.close());
  const api = await apiServer(proxy.backend);
  onTestFinished(() => api.close());
  const ada = await api.join("ada");
  const id = await ada.start("counting");
  const headers = { accept: "text/event-stream" };
  const answer = await ada.send(`/jobs/${id}/events`, { headers });
  const text = answer.text();

  await proxy.disconnect();
  expect((await ada.send("/jobs")).status).toBe(503);
  await proxy.reconnect();
  await expect.poll(async () => (await ada.post(`/jobs/${id}/pause`)).status).toBe(200);
  expect((await ada.post(`/jobs/${id}/cancel`)).status).toBe(200);
  const seqs = [...(await text).matchAll(/^id: (\d+)$/gm)].map(([, seq]) => seq);
  expect(seqs).toEqual(["1", "2", "3"]);
});
