import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { createScratch } from "../../server/storage/scratch.ts";
import { InvalidKey, KeyNotFound } from "../../server/storage/storage.ts";
import { bytes, filesIn, temporaryStorage } from "./temporary.ts";

test("each job reads its own temporary files in large chunks", async () => {
  const { storage, dir } = await temporaryStorage();
  const [one, two] = [createScratch(storage, "job-1"), createScratch(storage, "job-2")];
  await one.write("sorted", [Buffer.alloc(600_000, "a")]);
  await two.write("sorted", bytes("two"));
  const sizes: number[] = [];
  for await (const piece of one.read("sorted")) sizes.push(piece.length);
  expect(sizes).toEqual([262_144, 262_144, 75_712]);
  expect(await text(two.read("sorted"))).toBe("two");
  expect(await filesIn(dir)).toEqual(["jobs/job-1/scratch/sorted", "jobs/job-2/scratch/sorted"]);

  await storage.deleteAll("jobs/job-1/scratch/");
  await expect(text(one.read("sorted"))).rejects.toThrow(KeyNotFound);
  expect(await text(two.read("sorted"))).toBe("two");
});

test("a scratch name cannot reach the files of another job", async () => {
  const { storage } = await temporaryStorage();
  await storage.save("jobs/job-2/scratch/a", bytes("two"));
  const scratch = createScratch(storage, "job-1");
  await expect(text(scratch.read("../../job-2/scratch/a"))).rejects.toThrow(InvalidKey);
});
