/** Faults of the SQLite file: deleted, replaced, damaged, emptied. */
import { fork } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBackend } from "../../server/backend/open.ts";
import { environment, type Place } from "../support/application.ts";
import { addAccount, backends } from "../support/backends.ts";
import { testDatabase } from "../support/database.ts";
import { launch } from "../support/processes.ts";
import { openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";

const sqlite = backends.find(({ name }) => name === "sqlite")!;
const root = join(import.meta.dirname, "../..");

describe("a database file that is gone while it is in use", () => {
  test.each([
    ["deleted", (path: string) => rmSync(path)],
    [
      "replaced",
      (path: string) => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
    ],
  ])("a %s file makes /ready fail, and nothing more is accepted", async (what, remove) => {
    const scene = await openScene(sqlite);
    const app = await scene.application({ NODE_ENV: "", RUNNERS: "1", LOG_LEVEL: "info" });
    const { authorization } = await createClient(app.url, scene.place);
    const start = () =>
      fetch(`${app.url}/api/jobs/start`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ type: "sleep", metadata: { ms: 1 } }),
      });
    expect((await start()).status).toBe(202);

    remove(scene.url);
    const refused = await start();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      detail: expect.stringContaining("An operator has to put it back"),
    });
    const ready = await fetch(`${app.url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain(`was ${what} while it was in use`);

    const reports = () =>
      app
        .output()
        .split("\n")
        .filter((line) => line.includes(`${scene.url} was ${what}`));
    // One line of the web process, one of its worker.
    const messages = () => reports().filter((line) => /"msg":"\S+ was/.test(line));
    await expect.poll(() => messages().length).toBe(2);
  });

  test("a runner that starts without the file makes no empty one in its place", async () => {
    const { dir, remove } = await sqlite.create();
    onTestFinished(remove);
    const place = { databaseUrl: undefined, storageDir: dir };
    const runner = fork(join(root, "server/runner.ts"), {
      env: { ...process.env, ...environment(place, {}) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const [[code], printed] = await Promise.all([once(runner, "exit"), text(runner.stderr!)]);
    expect(printed).toContain(`${join(dir, "headway.db")} does not exist`);
    expect(code).not.toBe(0);
    expect(existsSync(join(dir, "headway.db"))).toBe(false);
  });
});

describe("a database file that cannot be used", () => {
  /** Makes a database, and starts `npm start` and `npm run token` on what is left of it. */
  async function startAfter(damage: (path: string) => void) {
    const { backend, dir } = await testDatabase();
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    for (let n = 0; n < 500; n++) await addAccount(backend, `account-${n}-${"x".repeat(200)}`);
    await sql`pragma wal_checkpoint(truncate)`.execute(backend.db);
    const path = join(dir, "headway.db");
    writeFileSync(join(dir, "secret"), "s".repeat(43));
    await backend.close();
    damage(path);
    return Promise.all([
      run("server/main.ts", [], { databaseUrl: undefined, storageDir: dir }),
      run("server/commands/token.ts", ["ada@example.com"], {
        databaseUrl: undefined,
        storageDir: dir,
      }),
    ]);
  }

  async function run(entry: string, args: string[], place: Place) {
    const more = { PORT: "0", LOG_LEVEL: "silent" };
    const launched = launch(join(root, entry), environment(place, more), args);
    const { code } = await launched.exited;
    return { code, output: launched.output() };
  }

  test.each([
    [
      "damaged in the middle",
      damageMiddle,
      /is damaged\. Restore a backup \(npm run restore -- FILE\)/,
    ],
    [
      "no database",
      (path: string) => writeFileSync(path, Buffer.alloc(100_000, "no database")),
      /is damaged\. Restore a backup/,
    ],
    [
      "empty beside a secret",
      (path: string) => writeFileSync(path, ""),
      /headway\.db is empty, although \S+secret is not new\. Restore a backup/,
    ],
  ])("a file that is %s is refused with one line that says what to do", async (_, damage, line) => {
    for (const { code, output } of await startAfter(damage)) {
      expect(output).toMatch(/^Headway cannot start: [^\n]+\n$/);
      expect(output).toMatch(line);
      expect(code).toBe(1);
    }
  });

  test("an empty file beside nothing else becomes a new database", async () => {
    const { dir, remove } = await sqlite.create();
    onTestFinished(remove);
    const path = join(dir, "new.db");
    writeFileSync(path, "");
    const backend = await openBackend(path);
    onTestFinished(() => backend.close());
    await backend.migrate();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

/** Overwrites every second page but the first ones, which hold the schema. */
function damageMiddle(path: string): void {
  const file = openSync(path, "r+");
  const pages = statSync(path).size / 4_096;
  for (let page = Math.floor(pages / 2); page < pages; page += 2) {
    writeSync(file, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096);
  }
}
