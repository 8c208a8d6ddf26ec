/**
 * Measures what it costs on SQLite that an answered write survives a power cut: our shared flush after
 * the commit, beside a flush in every commit (`synchronous = full`) and none at all (`normal`).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { atLeast, figureOf, type Row } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";

const seconds = 4;
const writers = 50;

export async function durability(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), "headway-bench-"));
  const backend = await openBackend(join(dir, "headway.db"));
  try {
    await backend.migrate();
    const full = bareCommits(join(dir, "headway.db"), "full");
    const normal = bareCommits(join(dir, "headway.db"), "normal");
    const one = await commits(backend, 1);
    const many = await commits(backend, writers);
    return [
      atLeast({
        what: `durable commits on SQLite, ${writers} writers`,
        ours: many.perSecond,
        baseline: full,
        unit: "/s",
        by: "synchronous = full, each commit",
        bar: 1.5,
      }),
      figureOf("the same, 1 writer", one.perSecond, "/s"),
      figureOf("commits that a power cut may lose (synchronous = normal)", normal, "/s"),
      figureOf("wait for a durable commit, 1 writer, p99", one.p99, "ms"),
      figureOf(`wait for a durable commit, ${writers} writers, p99`, many.p99, "ms"),
    ];
  } finally {
    await backend.close();
    rmSync(dir, { recursive: true });
  }
}

/** Commits a second of a loop that does nothing else. */
function bareCommits(path: string, synchronous: "full" | "normal"): number {
  const file = new Database(path);
  file.pragma(`synchronous = ${synchronous}`);
  const update = file.prepare("insert into secrets (name, value) values (?, ?)");
  const endAt = performance.now() + seconds * 1_000;
  let count = 0;
  while (performance.now() < endAt) {
    file.exec("begin immediate");
    update.run(`${synchronous}-${count++}`, "x".repeat(200));
    file.exec("commit");
  }
  file.close();
  return count / seconds;
}

async function commits(backend: Backend, concurrency: number) {
  const waits: number[] = [];
  const endAt = performance.now() + seconds * 1_000;
  let n = 0;
  async function write(): Promise<void> {
    while (performance.now() < endAt) {
      const row = { name: `${concurrency}-${n++}` as "generated", value: "x".repeat(200) };
      const startedAt = performance.now();
      await backend.write(({ db }) => db.insertInto("secrets").values(row).execute());
      waits.push(performance.now() - startedAt);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, write));
  return { perSecond: waits.length / seconds, p99: percentile(waits, 99) };
}
