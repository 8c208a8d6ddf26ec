import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { parseEvent } from "../../server/engine/job-event.ts";
import { isFinal } from "../../server/engine/status.ts";
import { type Place, startApplication } from "../support/application.ts";
import { addAccount, backends } from "../support/backends.ts";
import { readJob } from "../support/job-row.ts";
import { newPlace } from "../support/new-place.ts";
import { peopleCsv } from "../support/people-csv.ts";
import { runCommandOf } from "../support/place-commands.ts";
import { openBucket } from "../support/s3/bucket.ts";
import { openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { waitForCheckpoint } from "./takeover.ts";

const sqlite = backends.find(({ name }) => name === "sqlite")!;
const rowsOn = { sqlite: 400_000, postgres: 200_000 };
const rejectedEach = 500;

async function backupFile(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "headway-backup-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, "monday.zip");
}

async function open(url: string): Promise<Backend> {
  const backend = await openBackend(url);
  onTestFinished(() => backend.close());
  return backend;
}

async function countContacts({ db }: Backend): Promise<number> {
  const query = db.selectFrom("contacts").select((eb) => eb.fn.countAll().as("n"));
  return Number((await query.executeTakeFirstOrThrow()).n);
}

describe.each(backends)("a backup on $name", (which) => {
  test("an import goes on to the exact rows from a backup that was made while it ran", {
    timeout: 600_000,
  }, async () => {
    const rows = rowsOn[which.name];
    const scene = await openScene(which);
    const application = await scene.application({ NODE_ENV: "" });
    const client = await createClient(application.url, scene.place);
    const before = await countContacts(scene.backend);
    const upload_id = await client.upload("people.csv", peopleCsv(rows, rejectedEach));
    const id = await client.start("contact_import", { upload_id }, "one-key");
    await waitForCheckpoint(scene, id);

    const file = await backupFile();
    const backedUp = await runCommandOf(scene.place, "backup", [file]);
    expect(backedUp.output).toMatch(/^Backed up the database and \d+ files?: [\d.]+ MB in /);
    expect(backedUp.code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    // The backup disturbs nothing.
    const imported = { status: "done", succeeded: rows - rows / rejectedEach, skipped: 0 };
    expect(await scene.ended(id)).toMatchObject(imported);
    expect(await countContacts(scene.backend)).toBe(before + imported.succeeded);

    const place = await newPlace(which);
    const restored = await runCommandOf(place, "restore", [file]);
    expect(restored.output).toContain("Restored the backup of ");
    expect(restored.code).toBe(0);
    expect(await runCommandOf(place, "doctor")).toEqual({
      output: "Database: no problem\nFiles: no problem\nLeftovers: no problem\n",
      code: 0,
    });

    const backend = await open(place.url);
    const job = await readJob(backend, id);
    expect(job).toMatchObject({ status: "paused", reason: "restored", worker_id: null });
    const events = await backend.db
      .selectFrom("job_events")
      .selectAll()
      .where("job_id", "=", id)
      .orderBy("seq", "desc")
      .execute();
    expect(parseEvent(events[0]!)).toEqual({
      type: "restored",
      details: { backup_at: job.released_at },
    });
    // The people stay signed in, and their tokens are valid.
    const again = await startApplication(place, { NODE_ENV: "" });
    onTestFinished(() => again.stop());
    const page = await fetch(`${again.url}/api/jobs/${id}`, {
      headers: { authorization: client.authorization },
    });
    expect(await page.json()).toMatchObject({ status: "paused" });
    await (await createClient(again.url, place)).act(id, "resume");
    await expect
      .poll(async () => isFinal((await readJob(backend, id)).status), { timeout: 120_000 })
      .toBe(true);
    expect(await readJob(backend, id)).toMatchObject(imported);
    expect(await countContacts(backend)).toBe(before + imported.succeeded);
  });
});

test("a backup to a bucket can be restored from there", async () => {
  const bucket = await openBucket();
  onTestFinished(() => bucket.close());
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = bucket.environment;
  const credentials = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  const place = bucket.url.replace("some/prefix", "backups/monday.zip");
  const scene = await openScene(sqlite);
  expect(await runCommandOf(scene.place, "backup", [place], credentials)).toMatchObject({
    code: 0,
  });
  const target = await newPlace(sqlite);
  const restored = await runCommandOf(target, "restore", [place], credentials);
  expect(restored).toMatchObject({ code: 0 });
  const accounts = (await open(target.url)).db.selectFrom("accounts").select("id");
  expect(await accounts.execute()).toEqual([{ id: "account-1" }]);
});

describe("a restore", () => {
  /** A folder with a backup of one account, and the account of another day in its database. */
  async function prepare(): Promise<{ place: Place; url: string; file: string }> {
    const place = await newPlace(sqlite);
    const backend = await openBackend(place.url);
    await backend.migrate();
    await addAccount(backend, "monday");
    await addMember(backend, "monday");
    const file = await backupFile();
    expect(await runCommandOf(place, "backup", [file])).toMatchObject({ code: 0 });
    await addAccount(backend, "tuesday");
    await backend.close();
    return { place, url: place.url, file };
  }

  async function addMember({ db }: Backend, accountId: string): Promise<void> {
    const at = new Date().toISOString();
    await db.executeQuery(
      (await import("kysely")).CompiledQuery.raw(
        `insert into users (id, name, email, "emailVerified", "createdAt", "updatedAt")
          values ('ada', 'Ada', 'ada@example.com', 0, ?, ?)`,
        [at, at],
      ),
    );
    const member = { user_id: "ada", account_id: accountId, role: "owner" } as const;
    await db.insertInto("members").values(member).execute();
  }

  async function accountsIn(url: string): Promise<string[]> {
    const backend = await openBackend(url);
    const rows = await backend.db.selectFrom("accounts").select("id").orderBy("id").execute();
    await backend.close();
    return rows.map(({ id }) => id);
  }

  test("a restore refuses a folder with data, and keeps that data beside if told to replace it", async () => {
    const { place, url, file } = await prepare();
    const refused = await runCommandOf(place, "restore", [file]);
    expect(refused.output).toMatch(/has data\. To restore nevertheless, add --replace/);
    expect(refused.code).toBe(1);
    expect(await accountsIn(url)).toEqual(["monday", "tuesday"]);

    const replaced = await runCommandOf(place, "restore", [file, "--replace"]);
    expect(replaced.code).toBe(0);
    expect(await accountsIn(url)).toEqual(["monday"]);
    const before = /is in (\S+)/.exec(replaced.output)![1]!;
    expect(await accountsIn(join(before, "headway.db"))).toEqual(["monday", "tuesday"]);
  });

  test("a left write-ahead log does not bring newer rows back", async () => {
    const { place, url, file } = await prepare();
    const backend = await openBackend(url);
    await addAccount(backend, "wednesday");
    // The files as a kill leaves them.
    for (const end of ["", "-wal"]) await copyFile(url + end, `${url}.killed${end}`);
    await backend.close();
    for (const end of ["", "-wal"]) await copyFile(`${url}.killed${end}`, url + end);
    expect(statSync(`${url}-wal`).size).toBeGreaterThan(0);
    expect(await runCommandOf(place, "restore", [file, "--replace"])).toMatchObject({ code: 0 });
    expect(await accountsIn(url)).toEqual(["monday"]);
  });

  test("a restore refuses to begin while a worker runs", async () => {
    const { file } = await prepare();
    const scene = await openScene(sqlite);
    await scene.worker();
    const { output, code } = await runCommandOf(scene.place, "restore", [file, "--replace"]);
    expect(output).toContain("Headway is running on this database");
    expect(code).toBe(1);
  });

  test.each([
    [
      "cut off",
      (file: string) => truncateSync(file, statSync(file).size - 100),
      /no backup, or not a whole one/,
    ],
    ["changed in its middle", changeMiddle, /^The backup is damaged: headway\.db/],
  ])("a backup that was %s is refused, and nothing changes", async (_, damage, message) => {
    const { place, url, file } = await prepare();
    damage(file);
    const { output, code } = await runCommandOf(place, "restore", [file, "--replace"]);
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(await accountsIn(url)).toEqual(["monday", "tuesday"]);
    expect(readdirSync(place.storageDir).filter((name) => /restore/.test(name))).toEqual([]);
  });

  test("a start refuses a folder in which a restore was interrupted, and a new restore repairs it", async () => {
    const { place, url, file } = await prepare();
    writeFileSync(join(place.storageDir, ".unfinished-restore"), "");
    await expect(openBackend(url)).rejects.toThrow("was interrupted. Run npm run restore again");
    expect(await runCommandOf(place, "restore", [file])).toMatchObject({ code: 0 });
    expect(await accountsIn(url)).toEqual(["monday"]);
    expect(existsSync(join(place.storageDir, ".unfinished-restore"))).toBe(false);
  });
});

/** Flips bits in the compressed database. */
function changeMiddle(file: string): void {
  const bytes = readFileSync(file);
  for (let at = 2_000; at < 2_100; at++) bytes[at]! ^= 0xff;
  writeFileSync(file, bytes);
}
