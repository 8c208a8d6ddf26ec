/** Previews in real threads. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFilePreviewer } from "../../server/file-preview/file-previewer.ts";
import type { PreviewData } from "../../server/file-preview/messages.ts";
import type { ByteSource } from "../../server/job.ts";
import { memoryFile } from "../support/memory-files.ts";

const kinds = join(import.meta.dirname, "../../jobs");
const MB = 1_000_000;

let dir: string;
let previewer: ReturnType<typeof createFilePreviewer>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "headway-kinds-"));
  previewer = createFilePreviewer({ jobsDirs: [kinds, dir] });
});
afterAll(() => rm(dir, { recursive: true }));

/** Writes a kind that only previews. @param body of `preview(file, values)` */
async function addKind(name: string, body: string): Promise<void> {
  const source = `export default { async preview(file, values) { ${body} } };`;
  await writeFile(join(dir, `${name}.ts`), source);
}

interface Asked {
  type?: string;
  values?: Record<string, unknown>;
  personId?: string;
  signal?: AbortSignal;
}

function preview(file: ByteSource, asked: Asked = {}, with_ = previewer): Promise<PreviewData> {
  const request = {
    ...{ type: "contact_import", values: {}, personId: "ada", file },
    ...{ signal: new AbortController().signal, ...asked },
  };
  return with_.preview(request, async (found) => found);
}

/** A file of one repeated chunk, which counts the bytes that are read of it. */
function repeated(text: string, bytes: number) {
  const counted = { read: 0 };
  const chunk = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  const file: ByteSource = {
    name: "people.csv",
    size: bytes,
    async *read(from = 0) {
      for (let at = from; at < bytes; at += chunk.length) {
        counted.read += chunk.length;
        yield chunk;
      }
    },
  };
  return { file, counted };
}

/** A file that gives no byte until the test ends. */
function silent() {
  const state = { begun: Promise.withResolvers<void>(), ended: Promise.withResolvers<void>() };
  const file: ByteSource = {
    name: "people.csv",
    size: 100,
    // biome-ignore lint/correctness/useYield: it never gives any.
    async *read() {
      state.begun.resolve();
      await state.ended.promise;
    },
  };
  return { file, ...state };
}

test("a thread previews a file as its kind does, and tries a mapping on its rows", async () => {
  const file = memoryFile("email,name\nada@example.com,Ada\nnobody,Bo\n");
  const found = await previewer.preview(
    { type: "contact_import", values: {}, personId: "ada", file, ...fresh() },
    async (data, tryMapping) => ({ data, trial: await tryMapping({ 0: "email" }) }),
  );
  expect(found.data).toMatchObject({ size: "2 rows", columns: [{ header: "email" }, {}] });
  expect(found.trial).toMatchObject({ summary: "1 of 2 rows would be rejected" });
});

function fresh() {
  return { signal: new AbortController().signal };
}

describe("of a text", () => {
  test.each([
    ["blank lines", "\n"],
    ["commas in one row", ","],
    ["an open quote", '"'.padEnd(63, "x")],
  ])("made of %s no more than the first megabyte is read", async (_, text) => {
    const { file, counted } = repeated(text, 100 * MB);
    await expect(preview(file)).rejects.toMatchObject({
      name: "Refused",
      message: "people.csv has no row in its first MB",
      advice: expect.stringContaining("blank lines"),
    });
    expect(counted.read).toBeLessThan(1.2 * MB);
  });

  test("with many rows no more than the first megabyte is read", async () => {
    const { file, counted } = repeated("ada@example.com,Ada\n", 100 * MB);
    expect(await preview(file)).toMatchObject({ size: expect.stringMatching(/^about 5,\d00,000/) });
    expect(counted.read).toBeLessThan(1.2 * MB);
  });

  test("the encoding is left to the job if only a later part can tell it", async () => {
    const { file } = repeated("ada@example.com,Ada\n", 100 * MB);
    expect((await preview(file)).suggested).not.toHaveProperty("encoding");
    const short = memoryFile("email,name\nada@example.com,Ada\n");
    expect((await preview(short)).suggested).toMatchObject({ encoding: "utf-8" });
  });
});

describe("of 50 MB no more than the first megabyte is read", () => {
  const card = "BEGIN:VCARD\r\nN:King;Ada;;;\r\nEMAIL:ada@example.com\r\nEND:VCARD\r\n";
  test.each([
    ["NDJSON", '{"email":"ada@example.com"}\n', /^about 1,\d00,000 rows/],
    ["NDJSON with blank lines", `{"email":"ada@example.com"}\n${"\n".repeat(5_000)}`, /rows$/],
    ["cards", card, /^about [78]\d0,000 rows/],
  ])("made of %s", async (_, text, size) => {
    const { file, counted } = repeated(text, 50 * MB);
    const found = await preview(file);
    expect(found.size).toMatch(size);
    expect(found.columns).toContainEqual(expect.objectContaining({ holds: "email" }));
    expect(counted.read).toBeLessThan(1.2 * MB);
  });

  test("made of one card with an endless photo", async () => {
    const photo = `PHOTO;ENCODING=b:\r\n${` ${"A".repeat(74)}\r\n`.repeat(20_000)}`;
    const begun = card.replace("END:VCARD\r\n", photo);
    const { file, counted } = repeated(begun, 50 * MB);
    const found = await preview(file);
    expect(found.rows).toEqual([expect.arrayContaining(["ada@example.com", "Ada", "King"])]);
    expect(counted.read).toBeLessThan(2.5 * MB);
  });

  test("made of an object that does not end", async () => {
    const { file, counted } = repeated('{"email":"', 50 * MB);
    await expect(preview(file)).rejects.toMatchObject({ name: "Refused" });
    expect(counted.read).toBeLessThan(1.2 * MB);
  });
});

test("the thread of the caller goes on while a file is previewed", async () => {
  await addKind("busy", "const end = Date.now() + 2000; while (Date.now() < end); return {};");
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  await preview(memoryFile("x"), { type: "busy" });
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(10);
});

describe("a preview is given up", () => {
  test("once its client has left, and reads no more of the file", async () => {
    const { file, begun, ended } = silent();
    const client = new AbortController();
    const previewing = preview(file, { signal: client.signal });
    await begun.promise;
    client.abort();
    await expect(previewing).rejects.toMatchObject({ name: "PreviewAborted" });
    ended.resolve();
    expect(await preview(memoryFile("email\nada@example.com\n"))).toMatchObject({ size: "1 row" });
  });

  test("if its client has left before a thread was free", async () => {
    const signal = AbortSignal.abort();
    const previewing = preview(memoryFile("x"), { signal });
    await expect(previewing).rejects.toMatchObject({ name: "PreviewAborted" });
  });

  test("after too much time", async () => {
    await addKind("endless", "for (;;);");
    const impatient = createFilePreviewer({ jobsDirs: [kinds, dir], maxMs: 1_000 });
    const asked = { type: "endless" };
    await expect(preview(memoryFile("x"), asked, impatient)).rejects.toMatchObject({
      name: "Refused",
      message: "people.csv takes too long to read",
    });
  });

  test("after too much memory, which ends no other work of the process", async () => {
    await addKind("greedy", "const all = []; for (;;) all.push(new Array(100_000).fill(0.5));");
    await expect(preview(memoryFile("x"), { type: "greedy" })).rejects.toMatchObject({
      name: "Refused",
      message: "people.csv needs too much memory to read",
    });
    expect(await preview(memoryFile("email\nada@example.com\n"))).toMatchObject({ size: "1 row" });
  });
});

test("an error of the storage reaches the caller as it was thrown", async () => {
  const lost = new Error("The bucket is away");
  const file: ByteSource = {
    name: "people.csv",
    size: 100,
    // biome-ignore lint/correctness/useYield: it fails at once.
    async *read() {
      throw lost;
    },
  };
  await expect(preview(file)).rejects.toBe(lost);
});

test("one person occupies one thread, so that others are not kept waiting", async () => {
  const slow = [silent(), silent(), silent()];
  const waiting = slow.map(({ file }) => preview(file, { personId: "eve" }).catch(() => {}));
  await slow[0]!.begun.promise;
  const file = memoryFile("email\nada@example.com\n");
  expect(await preview(file, { personId: "ada" })).toMatchObject({ size: "1 row" });
  for (const { ended } of slow) ended.resolve();
  await Promise.all(waiting);
});

test("a thread has no environment, and so no secret of the process", async () => {
  await addKind("curious", "return { size: Object.keys(process.env).join() };");
  expect(await preview(memoryFile("x"), { type: "curious" })).toEqual({ size: "" });
});
