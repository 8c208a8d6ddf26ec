import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Place } from "./application.ts";
import type { TestBackend } from "./backends.ts";

/** Another place for the data of a test: an empty folder, and an empty database on Postgres. */
export async function newPlace(which: TestBackend): Promise<Place & { url: string }> {
  const storageDir = await mkdtemp(join(tmpdir(), "headway-place-"));
  onTestFinished(() => rm(storageDir, { recursive: true, force: true }));
  if (which.name === "sqlite") {
    return { databaseUrl: undefined, storageDir, url: join(storageDir, "headway.db") };
  }
  const { url, remove } = await which.create();
  onTestFinished(remove);
  return { databaseUrl: url, storageDir, url };
}
