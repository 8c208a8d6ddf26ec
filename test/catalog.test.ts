import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { findRepeatedTitles, readCatalog } from "../server/catalog.ts";

const job = pathToFileURL(join(import.meta.dirname, "../server/job.ts")).href;
const imports = `import { defineJob, upload } from "${job}"; import { z } from "${import.meta.resolve("zod")}";`;

async function folderWith(name: string, kind: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "headway-kinds-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, `${name}.ts`), `${imports} export default defineJob({ ${kind} });`);
  return dir;
}

test("a kind that previews a file is refused unless a field asks about its columns", async () => {
  const kind = (input: string) =>
    `title: "Look", description: "", steps: { Looking: 1 }, input: z.object({ ${input} }),
     preview: async () => ({}), run: async () => ({ message: "Looked" })`;
  const file = 'file: upload("text/csv")';
  const columns =
    'map: z.record(z.string(), z.string()).meta({ columns: [{ name: "a", label: "A" }] })';
  const refused = await folderWith("look", kind(file));
  await expect(readCatalog([refused])).rejects.toThrow(
    `${join(refused, "look.ts")}: a preview asks about the columns of a file, so the input needs a field for them`,
  );
  const accepted = await folderWith("look", kind(`${file}, ${columns}`));
  expect([...(await readCatalog([accepted])).keys()]).toEqual(["look"]);
});

test("a kind that retries rejected rows is refused unless it reads an uploaded file", async () => {
  const kind = (input: string) =>
    `title: "Send", description: "", steps: { Sending: 1 }, input: z.object({ ${input} }),
     inputForRejected: (input) => input, run: async () => ({ message: "Sent" })`;
  const refused = await folderWith("send", kind("numbers: z.string()"));
  await expect(readCatalog([refused])).rejects.toThrow(
    "inputForRejected retries the rows of an uploaded file, but the input has no such field",
  );
  const accepted = await folderWith("send", kind('file: upload("text/csv")'));
  expect([...(await readCatalog([accepted])).keys()]).toEqual(["send"]);
});

test("two kinds of one title are found, unless only one of them is listed", async () => {
  const kind = (more = "") =>
    `title: "Send", description: "", steps: { Sending: 1 }, input: z.object({}),
     run: async () => ({ message: "Sent" }), ${more}`;
  const folders = [await folderWith("mail", kind()), await folderWith("letter", kind())];
  expect(findRepeatedTitles(await readCatalog(folders))).toEqual([
    "mail and letter are called “Send”",
  ]);
  folders[1] = await folderWith("letter", kind("listed: false"));
  expect(findRepeatedTitles(await readCatalog(folders))).toEqual([]);
});
