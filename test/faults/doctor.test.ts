import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { minJobIdAt } from "../../server/engine/job-id.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { backends } from "../support/backends.ts";
import { runCommandOf } from "../support/place-commands.ts";
import { openScene } from "../support/scene/processes.ts";

describe.each(backends)("the doctor on $name", (which) => {
  test("the doctor names files without rows, rows without files and wrong counts", async () => {
    const scene = await openScene(which);
    const { storageDir } = scene.place;
    const storage = createDiskStorage(storageDir);
    const upload = async (name: string) => {
      const chunks = (async function* () {
        yield Buffer.from("email\nada@example.com\n");
      })();
      const person = { accountId: "account-1", userId: "ada", mediaType: "text/csv" };
      const target = { backend: scene.backend, storage, maxBytes: 1_000 };
      return (await saveUpload(target, { ...person, name, chunks })).id;
    };
    const lost = await upload("lost.csv");
    const short = await upload("short.csv");
    expect(await runCommandOf(scene.place, "doctor")).toMatchObject({ code: 0 });

    rmSync(join(storageDir, "uploads", lost));
    truncateSync(join(storageDir, "uploads", short), 3);
    const old = minJobIdAt(Date.now() - 86_400_000);
    writeFileSync(join(storageDir, "uploads", old), "");
    // This one may still get its row.
    writeFileSync(join(storageDir, "uploads", minJobIdAt(Date.now())), "");
    mkdirSync(join(storageDir, ".backup-killed"));
    await scene.backend.db.updateTable("accounts").set({ contact_count: 7 }).execute();
    const { output, code } = await runCommandOf(scene.place, "doctor");
    expect(output.split("\n")).toEqual([
      "Database: 1 problem",
      "  Account account-1 has 0 contacts and counts 7",
      "Files: 3 problems",
      `  Upload ${lost} has no file: uploads/${lost}`,
      `  Upload ${short} has 3 bytes instead of 22: uploads/${short}`,
      `  A file has no row: uploads/${old}`,
      "Leftovers: 1 problem",
      "  .backup-killed is of an interrupted command: delete it if none runs",
      "",
    ]);
    expect(code).toBe(1);
  });
});
