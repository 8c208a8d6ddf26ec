import { expect, test } from "vitest";
import { previewContacts } from "../../../../jobs/lib/contacts/preview-contacts.ts";
import { memoryFile } from "../../../support/memory-files.ts";

const sizeOf = async (text: string) => (await previewContacts(memoryFile(text), {})).size;

test("the preview counts the rows of a small file with or without a final line end", async () => {
  expect(await sizeOf("email,name\na@b.co,Ann\nc@d.co,Bo\n")).toBe("2 rows");
  expect(await sizeOf("email,name\na@b.co,Ann\nc@d.co,Bo")).toBe("2 rows");
  expect(await sizeOf("email\na@b.co")).toBe("1 row");
});

test("the preview estimates the rows of a large file", async () => {
  const rows = Array.from({ length: 30_000 }, (_, at) => `p${10_000 + at}@example.com,Ann\n`);
  expect(await sizeOf(`email,name\n${rows.join("")}`)).toBe("about 30,000 rows");
});
