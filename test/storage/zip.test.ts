import { buffer } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { fromBufferPromise } from "yauzl";
import { createZip, uniqueNames, type ZipEntry } from "../../server/storage/zip.ts";

function entry(name: string, content: string, different: Partial<ZipEntry> = {}): ZipEntry {
  return {
    name,
    size: Buffer.byteLength(content),
    async *read() {
      for (let at = 0; at < content.length; at += 1000)
        yield Buffer.from(content.slice(at, at + 1000));
    },
    ...different,
  };
}

/** Reads the archive with another library. */
async function unzipped(entries: ZipEntry[]): Promise<Record<string, string>> {
  const zip = await fromBufferPromise(await buffer(createZip(entries)), { autoClose: false });
  const found: Record<string, string> = {};
  for await (const each of zip.eachEntry()) {
    found[each.fileName] = (await buffer(await zip.openReadStreamPromise(each))).toString();
  }
  return found;
}

test("an archive contains every file unchanged under a unique name", async () => {
  const long = "email\r\nann@example.com\r\n".repeat(5_000);
  const files = [
    entry("people.csv", long),
    entry("People.csv", "another"),
    entry("people.csv", "a third", { size: undefined }),
    entry("Zoë’s picture.png", "not smaller"),
    entry("../../etc/passwd", "a path"),
    entry("c:a?.txt", "what Windows refuses"),
    entry("empty.txt", ""),
  ];
  expect(await unzipped(files)).toEqual({
    "people.csv": long,
    "People (2).csv": "another",
    "people (3).csv": "a third",
    "Zoë’s picture.png": "not smaller",
    passwd: "a path",
    "c_a_.txt": "what Windows refuses",
    "empty.txt": "",
  });
});

test("an archive without files is valid", async () => {
  expect(await unzipped([])).toEqual({});
});

test("uniqueNames numbers repeated names before the extension", () => {
  const nameOf = uniqueNames();
  const names = ["a", "a", "A", ".env", ".env", "a (2)", "b.tar.gz", "b.tar.gz"];
  expect(names.map(nameOf)).toEqual([
    "a",
    "a (2)",
    "A (3)",
    ".env",
    ".env (2)",
    "a (2) (2)",
    "b.tar.gz",
    "b.tar (2).gz",
  ]);
});

test("uniqueNames numbers a hundred thousand equal names quickly", () => {
  const nameOf = uniqueNames();
  const names = Array.from({ length: 100_000 }, () => nameOf("rejected rows.csv"));
  expect(names.at(-1)).toBe("rejected rows (100000).csv");
});

/** An endless source that counts its chunks and records whether it was closed. */
function endlessSource() {
  const state = { pieces: 0, open: 0 };
  const source = entry("endless.png", "", {
    size: undefined,
    async *read() {
      state.open++;
      try {
        for (;;) {
          state.pieces++;
          yield Buffer.alloc(64_000, state.pieces);
        }
      } finally {
        state.open--;
      }
    },
  });
  return { state, source };
}

test("an archive reads its sources only on demand and closes them when the reader stops", async () => {
  const { state, source } = endlessSource();
  const zip = createZip([source, entry("never.txt", "its turn never comes")]);
  for (let n = 0; n < 10; n++) await zip.next();
  await wait(50);
  const before = state.pieces;
  expect(before).toBeLessThan(60);
  await wait(50);
  expect(state).toEqual({ pieces: before, open: 1 });
  await zip.return(undefined);
  await vi.waitFor(() => expect(state.open).toBe(0));
});

test.each<[string, ZipEntry]>([
  [
    "cannot be read",
    entry("b.txt", "", {
      // biome-ignore lint/correctness/useYield: it throws first.
      async *read() {
        throw new Error("The bucket is away");
      },
    }),
  ],
  ["is shorter than its size", entry("b.txt", "short", { size: 10 })],
])("an archive fails when a file %s", async (_, broken) => {
  await expect(buffer(createZip([entry("a.txt", "well"), broken]))).rejects.toThrow(
    /The bucket is away|unexpected number of bytes/,
  );
});
