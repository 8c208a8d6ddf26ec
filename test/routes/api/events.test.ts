import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { recordEvent } from "../../../server/engine/transition.ts";
import type { EventJson } from "../../../server/routes/api/event-json.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";
import { type Message, messagesOf } from "./event-reader.ts";

const live = { accept: "text/event-stream" };
/** @returns the numbers from `first` to `last` */
const numbers = (last: number, first = 1) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
const seqs = (messages: Message[]) => messages.map((message) => message.data.seq);

describe.each(backends)("the events of a job, on $name", (which) => {
  let api: Api;
  let ada: Member;
  let grace: Member;
  beforeAll(async () => {
    api = await apiServer(which);
    [ada, grace] = await Promise.all([api.join("ada"), api.join("grace")]);
  });
  afterAll(() => api.close());

  async function fetched(id: string, query = "") {
    const answer = await ada.send(`/jobs/${id}/events${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as { events: EventJson[]; next: number | null };
  }

  /** Opens a stream that is closed when the test ends. */
  async function open(id: string, headers: Record<string, string> = {}, query = "") {
    const cut = new AbortController();
    onTestFinished(() => cut.abort());
    const init = { headers: { ...live, ...headers }, signal: cut.signal };
    const answer = await ada.send(`/jobs/${id}/events${query}`, init);
    return { answer, cut, messages: messagesOf(answer) };
  }

  /** Adds an event as the engine does. */
  async function addEvent(id: string) {
    const event = { type: "pause_requested", details: { by: "ada" } } as const;
    await api.backend.write((tx) =>
      recordEvent(tx, { id, at: api.backend.now(), event, from: ["queued"] }),
    );
  }

  async function take(messages: AsyncGenerator<Message>, count: number): Promise<Message[]> {
    const messagesTaken: Message[] = [];
    while (messagesTaken.length < count) {
      const { value, done } = await messages.next();
      if (done) throw new Error(`The stream ended after ${messagesTaken.length} messages`);
      messagesTaken.push(value);
    }
    return messagesTaken;
  }

  async function ended(id: string): Promise<{ last: number }> {
    const { event_seq, finished_at } = await api.job(id);
    expect(finished_at).not.toBeNull();
    return { last: event_seq };
  }

  describe("as JSON", () => {
    let id: string;
    beforeAll(async () => {
      id = await ada.start("counting");
      await api.runNext();
    });

    test("the list has all events in order", async () => {
      const { events, next } = await fetched(id);
      expect(next).toBeNull();
      const { last } = await ended(id);
      expect(events.map((event) => event.seq)).toEqual(numbers(last));
      expect(events[0]).toEqual({
        id: `${id}:1`,
        seq: 1,
        type: "created",
        message: "Created",
        happenedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        details: null,
      });
      expect(events.at(-1)).toMatchObject({ type: "done", message: "Counted 2 of 3" });
      expect(events[2]).toMatchObject({ type: "step_started", details: { step: 1, steps: 2 } });
    });

    test("the list has pages", async () => {
      const { last } = await ended(id);
      const found: number[] = [];
      for (let after: number | null = 0; after !== null; ) {
        const page = await fetched(id, `?after=${after}&limit=2`);
        found.push(...page.events.map((event) => event.seq));
        after = page.next;
      }
      expect(found).toEqual(numbers(last));
      expect(await fetched(id, `?after=${last}`)).toEqual({ events: [], next: null });
    });

    test.each(["after=-1", "after=x", "after=2147483648", "limit=0"])(
      "the list is refused with %s",
      async (query) => {
        expect((await ada.send(`/jobs/${id}/events?${query}`)).status).toBe(422);
      },
    );

    test("the list and the stream are not found for other accounts", async () => {
      for (const headers of [live, {}]) {
        const answer = await grace.send(`/jobs/${id}/events`, { headers });
        expect(answer.status).toBe(404);
        expect(answer.headers.get("content-type")).toContain("application/problem+json");
      }
    });
  });

  describe("as a stream", () => {
    test("the stream is not found for a colleague whose role may not see the job", async () => {
      const id = await ada.start("counting");
      const colleague = await api.join("bo");
      await api.backend.db
        .updateTable("members")
        .set({ account_id: ada.accountId, role: "member" })
        .where("user_id", "=", colleague.userId)
        .execute();
      const answer = await colleague.send(`/jobs/${id}/events`, { headers: live });
      expect(answer.status).toBe(404);
      await ada.post(`/jobs/${id}/cancel`);
    });

    test("the stream reaches readers that join at any time without a gap, up to its end", async () => {
      const id = await ada.start("stepping", { pause: 20 });
      const before = await open(id);
      expect(before.answer.status).toBe(200);
      expect(before.answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
      expect(before.answer.headers.get("x-accel-buffering")).toBe("no");
      const running = api.runNext();
      const readers = [collect(before.messages)];
      while ((await api.job(id)).finished_at === null) {
        readers.push(collect((await open(id)).messages));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await running;
      const { last } = await ended(id);
      expect(last).toBeGreaterThan(60);
      expect(readers.length).toBeGreaterThan(3);
      const { events } = await fetched(id);
      for (const reader of readers) {
        const messages = await reader;
        expect(messages.map((message) => message.data)).toEqual(events);
        expect(messages.map((message) => message.lastEventId)).toEqual(numbers(last).map(String));
        expect(messages.every((message) => message.type === "message")).toBe(true);
      }
    });

    test("the stream has no gap for a reader whose connection breaks again and again", async () => {
      const id = await ada.start("stepping", { pause: 20 });
      const running = api.runNext();
      const found: number[] = [];
      let status = 200;
      let opened = 0;
      while (status === 200) {
        const last = found.at(-1);
        const { answer, cut, messages } = await open(
          id,
          last ? { "last-event-id": `${last}` } : {},
        );
        status = answer.status;
        if (status !== 200) break;
        opened += 1;
        for await (const message of messages) {
          found.push(message.data.seq);
          if (found.length % 7 === 0) break;
        }
        cut.abort();
      }
      await running;
      expect(opened).toBeGreaterThan(5);
      expect(status).toBe(204);
      expect(found).toEqual(numbers((await ended(id)).last));
    });

    test("the stream has every event that many writers add at the same time", async () => {
      const id = await ada.start("counting");
      const { messages } = await open(id);
      await take(messages, 1);
      await Promise.all(Array.from({ length: 120 }, () => addEvent(id)));
      expect(seqs(await take(messages, 120))).toEqual(numbers(121, 2));
      await ada.post(`/jobs/${id}/cancel`);
      const rest = await collect(messages);
      expect(rest.map((message) => message.data.type)).toEqual(["cancelled"]);
    });

    test.each<[string, Record<string, string>, string, number]>([
      ["after Last-Event-ID", { "last-event-id": "3" }, "", 4],
      ["after `after`", {}, "?after=2", 3],
      ["after the header if both are sent", { "last-event-id": "3" }, "?after=1", 4],
      ["at the start if the id is invalid", { "last-event-id": "x" }, "", 1],
    ])("the stream continues %s", async (_, headers, query, first) => {
      const id = await ada.start("counting");
      await api.runNext(); // Runs this job, because no other one is queued.
      const { last } = await ended(id);
      const { messages } = await open(id, headers, query);
      expect(seqs(await collect(messages))).toEqual(numbers(last, first));
    });

    test("the stream is answered with 204 after the last event of a final job", async () => {
      const id = await ada.start("counting");
      await api.runNext();
      const { last } = await ended(id);
      for (const [headers, query] of [
        [{ "last-event-id": String(last) }, ""],
        [{}, `?after=${last}`],
      ] as [Record<string, string>, string][]) {
        const { answer } = await open(id, headers, query);
        expect(answer.status).toBe(204);
        expect(await answer.text()).toBe("");
      }
    });

    test.each<[string, Record<string, string>, string]>([
      ["Last-Event-ID", { "last-event-id": "99999" }, ""],
      ["a Last-Event-ID of no database", { "last-event-id": "9999999999" }, ""],
      ["`after`", {}, "?after=99999"],
    ])(
      "the stream begins with the first event behind %s that the job does not have",
      async (_, headers, query) => {
        const id = await ada.start("counting");
        const { messages } = await open(id, headers, query);
        expect(seqs(await take(messages, 1))).toEqual([1]);
        await ada.post(`/jobs/${id}/cancel`);
        const { last } = await ended(id);
        expect(seqs(await collect(messages))).toEqual(numbers(last, 2));
        const afterwards = await open(id, headers, query);
        expect(seqs(await collect(afterwards.messages))).toEqual(numbers(last));
      },
    );

    test("the stream of a final job ends without asking the client to reconnect", async () => {
      const id = await ada.start("counting");
      await api.runNext();
      const text = await (await open(id)).answer.text();
      expect(text).not.toMatch(/^(retry|event):/m);
      expect(text.endsWith("\n\n")).toBe(true);
    });

    test("the stream is closed when its reader disconnects", async () => {
      const id = await ada.start("counting");
      const { messages, cut } = await open(id);
      await take(messages, 1);
      expect(api.streams.count).toBeGreaterThan(0);
      cut.abort();
      await expect.poll(() => api.streams.count).toBe(0);
      await ada.post(`/jobs/${id}/cancel`);
    });

    test("the stream takes one page of memory for a stalled reader and loses nothing", async () => {
      const id = await ada.start("counting");
      const count = 8_000;
      await fill(id, count, "x".repeat(1_000));
      await ada.post(`/jobs/${id}/cancel`);
      const { port } = new URL(api.url);
      const socket = connect(Number(port), "127.0.0.1").pause();
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      socket.write(
        `GET /api/jobs/${id}/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${ada.token}\r\n\r\n`,
      );
      await expect
        .poll(() => api.response().socket?.writableNeedDrain, { timeout: 10_000 })
        .toBe(true);
      const response = api.response();
      // A new event must not make the server read more.
      const before = response.writableLength;
      await addEvent(id);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(response.socket!.writableNeedDrain).toBe(true);
      expect(response.writableLength).toBe(before);
      expect(before).toBeLessThan(500_000);

      let found = "";
      for await (const chunk of socket) found += chunk;
      const ids = [...found.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
      expect(ids).toEqual(numbers(count + 2));
    });

    test("the stream ends when the reader's token is revoked, and not when another token is", async () => {
      const id = await ada.start("counting");
      await api.accounts.createToken(ada.userId, "another");
      const [another, mine] = await api.accounts.listTokens(ada);
      const { messages } = await open(id);
      await take(messages, 1);
      await api.accounts.revokeToken(ada, another!.id);
      await addEvent(id);
      expect(seqs(await take(messages, 1))).toEqual([2]);
      await api.accounts.revokeToken(ada, mine!.id);
      expect(await collect(messages)).toEqual([]);
      expect((await open(id)).answer.status).toBe(401);
      ada.token = await api.accounts.createToken(ada.userId, "new");
      await ada.post(`/jobs/${id}/cancel`);
    });

    test("the stream ends with the reader's session", async () => {
      const id = await grace.start("counting");
      const headers = { ...live, cookie: grace.cookie, origin: api.url };
      const answer = await fetch(`${api.url}/api/jobs/${id}/events`, { headers });
      const messages = messagesOf(answer);
      await take(messages, 1);
      const [session] = await api.accounts.listSessions(grace);
      await api.accounts.revokeSession(grace, session!.id);
      expect(await collect(messages)).toEqual([]);
      await grace.post(`/jobs/${id}/cancel`);
    });

    test("the stream asks the client to reconnect when the process stops", async () => {
      const id = await ada.start("counting");
      const { answer } = await open(id);
      let text = "";
      for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
        if (text === "") api.streams.endAll();
        text += piece;
      }
      expect(text).toMatch(/\n\nretry:\d+\n\n$/);
      await ada.post(`/jobs/${id}/cancel`);
    });
  });

  async function fill(id: string, count: number, text: string): Promise<void> {
    await api.backend.write(async ({ db }) => {
      for (let from = 2; from < count + 2; from += 500) {
        const rows = numbers(Math.min(from + 499, count + 1), from).map((seq) => ({
          job_id: id,
          seq,
          type: "done" as const,
          details: JSON.stringify({ outcome: text }),
          created_at: 0,
        }));
        await db.insertInto("job_events").values(rows).execute();
      }
      await db
        .updateTable("jobs")
        .set({ event_seq: count + 1 })
        .where("id", "=", id)
        .execute();
    });
  }
});

async function collect(messages: AsyncGenerator<Message>): Promise<Message[]> {
  const all: Message[] = [];
  for await (const message of messages) all.push(message);
  return all;
}
