import { once } from "node:events";
import { get } from "node:http";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { Person } from "../../server/accounts/person.ts";
import { defaultPreferences } from "../../server/accounts/preferences.ts";
import { listAudit } from "../../server/engine/audit.ts";
import { fileRoutes } from "../../server/routes/files.ts";
import { answerError } from "../../server/routes/page/error-pages.ts";
import type { Env } from "../../server/services.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { signFileLink } from "../../server/storage/file-links.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { addAccount, backends, openTestBackend } from "../support/backends.ts";
import { createWebApp, secret } from "../support/web-app.ts";

const hour = 3_600_000;
const content = "email\nann@example.com\n";
const colleague: Person = {
  userId: "user-2",
  accountId: "account-1",
  role: "member",
  name: "Bo",
  email: "bo@example.com",
  sessionId: "session-2",
  scope: "all",
  preferences: defaultPreferences,
};
const person: Person = { ...colleague, userId: "user-1", name: "Ann", sessionId: "session-1" };
const owner: Person = { ...colleague, userId: "user-3", role: "owner" };
const outsider: Person = { ...owner, userId: "user-4", accountId: "account-2" };

let db: Awaited<ReturnType<typeof openTestBackend>>;
let storage: Storage;
/** Number of open reads of the storage. */
let openReads = 0;

beforeAll(async () => {
  db = await openTestBackend(backends[0]!);
  await addAccount(db.backend, "account-2");
  const disk = createDiskStorage(db.dir);
  storage = {
    ...disk,
    async *read(key, range) {
      openReads++;
      try {
        yield* disk.read(key, range);
      } finally {
        openReads--;
      }
    },
  };
  const job = { id: "job-1", kind: "export", account_id: "account-1", user_id: "user-1" };
  const times = { run_at: 0, created_at: 0, max_retries: 0, timeout_ms: 1 };
  await db.backend.db
    .insertInto("jobs")
    .values({ ...job, ...times, status: "done", input: "{}" })
    .execute();
  await addFile("file-1", content);
});
afterAll(() => db.close());

async function addFile(
  id: string,
  text: string,
  { retentionMs, mediaType = "text/csv" }: { retentionMs?: number; mediaType?: string } = {},
) {
  const key = `jobs/job-1/files/${id}`;
  const { size } = await storage.save(key, [Buffer.from(text)]);
  const file = { id, job_id: "job-1", role: "result" as const, name: "Zoë's list.csv" };
  const expires_at = retentionMs === undefined ? null : db.backend.now() + retentionMs;
  await db.backend.db
    .insertInto("files")
    .values({ ...file, media_type: mediaType, size, storage_key: key, created_at: 0, expires_at })
    .execute();
}

async function serverFor(who: Person) {
  const { services } = createWebApp(db, { settings: { NODE_ENV: "" }, storage });
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.set("person", who);
    await next();
  });
  app.route("/", fileRoutes(services));
  app.onError((error, c) => answerError(error, c, services));
  const listening = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!listening.listening) await once(listening, "listening");
  onTestFinished(() => {
    listening.close();
    services.hub.close();
  });
  return `http://127.0.0.1:${(listening.address() as { port: number }).port}`;
}

const linkTo = (fileId: string, who = person, expires = db.backend.now() + hour) =>
  `/files/${fileId}?${signFileLink(secret, { fileId, userId: who.userId, expires })}`;

async function download(path: string, who = person, init?: RequestInit) {
  return fetch((await serverFor(who)) + path, init);
}

test("a file is sent as a download that no cache stores", async () => {
  const answer = await download(linkTo("file-1"));
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/csv",
    "content-length": String(content.length),
    "content-disposition": `attachment; filename="Zo?'s list.csv"; filename*=UTF-8''Zo%C3%AB%27s%20list.csv`,
    "x-content-type-options": "nosniff",
    // A compressed download would have no length and could not be continued.
    "cache-control": "private, no-store, no-transform",
    "accept-ranges": "bytes",
  });
  expect(await answer.text()).toBe(content);
});

test("HEAD answers with the same headers and reads nothing", async () => {
  const answer = await download(linkTo("file-1"), person, { method: "HEAD" });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-length")).toBe(String(content.length));
  expect(await answer.text()).toBe("");
  expect(openReads).toBe(0);
});

test.each([
  ["an image is recorded once in the audit log, and its preview is not", "image/png", 0],
  ["a table is recorded in the audit log, also when it is requested like an image", "text/csv", 1],
])("a download of %s", async (_, mediaType, previews) => {
  const id = `file-recorded-${previews}`;
  await addFile(id, content, { mediaType });
  const countRecorded = async () => {
    const entries = await listAudit(db.backend.db, "job-1", 100);
    return entries.filter(({ file_name, dedup_key }) => file_name && dedup_key.endsWith(id)).length;
  };
  const get = (headers: Record<string, string>, method = "GET") =>
    download(linkTo(id), person, { method, headers });
  await (await get({ "sec-fetch-dest": "image" })).text();
  await get({}, "HEAD");
  expect(await countRecorded()).toBe(previews);
  for (const range of ["bytes=0-3", "bytes=4-", ""]) await (await get({ range })).text();
  expect(await countRecorded()).toBe(1);
});

test("an empty file is sent", async () => {
  await addFile("file-empty", "");
  const answer = await download(linkTo("file-empty"));
  expect([answer.status, answer.headers.get("content-length")]).toEqual([200, "0"]);
  expect(await answer.text()).toBe("");
});

test("an interrupted download can be continued", async () => {
  const part = (headers: Record<string, string>) => download(linkTo("file-1"), person, { headers });
  const rest = await part({ range: "bytes=6-", "if-range": '"file-1"' });
  expect([rest.status, await rest.text()]).toEqual([206, content.slice(6)]);
  expect(rest.headers.get("content-range")).toBe(`bytes 6-21/22`);
  expect(rest.headers.get("content-length")).toBe("16");
  const other = await part({ range: "bytes=6-", "if-range": '"another"' });
  expect([other.status, await other.text()]).toEqual([200, content]);
  const behind = await part({ range: "bytes=22-" });
  expect([behind.status, behind.headers.get("content-range")]).toEqual([416, "bytes */22"]);
});

test("an expired link leads to a new one", async () => {
  const answer = await download(linkTo("file-1", person, db.backend.now() - 1));
  expect(answer.status).toBe(410);
  expect(answer.headers.get("cache-control")).toContain("no-store");
  const page = await answer.text();
  expect(page).toContain("This link has expired");
  expect(page).toContain('href="/jobs/job-1/result?file=file-1">Get a new link');
  expect(page).toContain('href="/jobs/job-1"');
});

test("a link to a deleted file leads to its job", async () => {
  await addFile("file-old", "x", { retentionMs: -1 });
  await addFile("file-gone", "x");
  await storage.delete("jobs/job-1/files/file-gone");
  // The page must not offer a new link to a deleted file.
  const ended = linkTo("file-old", person, db.backend.now() - 1);
  for (const link of [linkTo("file-old"), linkTo("file-gone"), ended]) {
    const answer = await download(link);
    expect(answer.status).toBe(410);
    expect(await answer.text()).toContain("This file was deleted");
  }
});

/** @returns the status and the link of the page's main button */
async function refused(path: string, who = person) {
  const answer = await download(path, who);
  const page = await answer.text();
  expect(page).not.toContain(content);
  return [answer.status, /class="btn primary" href="([^"]+)"/.exec(page)?.[1]];
}

const newLink = "/jobs/job-1/result?file=file-1";

test("a forged link is rejected and leads to a new one", async () => {
  await addFile("file-2", "the second");
  const good = linkTo("file-1");
  const changed = [
    good.replace(/expires=\d/, "expires=9"),
    good.replace(/signature=./, (found) => (found.endsWith("A") ? "signature=B" : "signature=A")),
    good.replace(/&signature.*/, ""),
    "/files/file-1",
  ];
  for (const path of changed) expect(await refused(path)).toEqual([403, newLink]);
  const exchanged = good.replace("file-1", "file-2");
  expect(await refused(exchanged)).toEqual([403, newLink.replace("file-1", "file-2")]);
  expect(await refused(linkTo("file-none"))).toEqual([404, "/jobs"]);
});

test("a link works only for its person, and only while they may see the job", async () => {
  const toAnn = linkTo("file-1");
  expect(await refused(toAnn, owner)).toEqual([403, newLink]);
  expect((await download(linkTo("file-1", owner), owner)).status).toBe(200);
  expect(await refused(linkTo("file-1", colleague), colleague)).toEqual([404, "/jobs"]);
});

test("a link does not reveal to other people whether the file exists", async () => {
  const paths = [
    linkTo("file-1"),
    linkTo("file-none"),
    linkTo("file-1", outsider),
    linkTo("file-1", outsider, db.backend.now() - 1),
    "/files/file-1",
  ];
  for (const who of [colleague, outsider]) {
    const pages = await Promise.all(
      paths.map(async (path) => {
        const answer = await download(path, who);
        expect(answer.status).toBe(404);
        return (await answer.text()).replace(/name="token" value="[^"]*"/g, "");
      }),
    );
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain("You can&#39;t open this link");
  }
});

test("reading stops when the client disconnects", async () => {
  await addFile("file-large", "x".repeat(50_000_000));
  const answering = get((await serverFor(person)) + linkTo("file-large"));
  const [answer] = await once(answering, "response");
  await once(answer, "data");
  expect(openReads).toBe(1);
  answer.destroy();
  await vi.waitFor(() => expect(openReads).toBe(0), 10_000);
});
