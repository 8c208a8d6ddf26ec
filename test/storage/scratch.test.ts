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

test("appended pieces are read as one file, also by a later run and behind what was written", async () => {
  const { storage, dir } = await temporaryStorage();
  const scratch = createScratch(storage, "job-1");
  await Promise.all([scratch.append("log", "one "), scratch.append("log", bytes("two "))]);
  const later = createScratch(storage, "job-1");
  await later.append("log", ["thr", "ee "]);
  expect(await text(scratch.read("log"))).toBe("one two three ");
  await scratch.write("log", "anew ");
  expect(await text(later.read("log"))).toBe("anew ");
  await createScratch(storage, "job-1").append("log", "four");
  expect(await text(scratch.read("log"))).toBe("anew four");
  await scratch.write("other", "");
  expect(await scratch.list()).toEqual(["log", "other"]);
  await scratch.delete("log");
  await scratch.delete("log");
  expect(await filesIn(dir)).toEqual(["jobs/job-1/scratch/other"]);
  await expect(text(scratch.read("log"))).rejects.toThrow(KeyNotFound);
});

test("an append whose source fails adds nothing, and the next one follows", async () => {
  const { storage } = await temporaryStorage();
  const scratch = createScratch(storage, "job-1");
  await scratch.append("log", "one ");
  const broken = async function* () {
    yield "half";
    throw new Error("The source broke");
  };
  await expect(scratch.append("log", broken())).rejects.toThrow("The source broke");
  await scratch.append("log", "two");
  expect(await text(scratch.read("log"))).toBe("one two");
});

test("an append that was killed between its steps loses and doubles nothing", async () => {
  const { storage } = await temporaryStorage();
  const killed = createScratch(
    { ...storage, delete: () => Promise.reject(new Error("killed")) },
    "job-1",
  );
  await killed.write("log", "one ");
  await expect(killed.append("log", "two")).rejects.toThrow("killed");
  const scratch = createScratch(storage, "job-1");
  expect(await text(scratch.read("log"))).toBe("one ");
  await scratch.append("log", "two");
  expect(await text(scratch.read("log"))).toBe("one two");
});
