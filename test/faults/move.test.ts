import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { isFinal } from "../../server/engine/status.ts";
import { compareTables } from "../../server/transfer/copy-tables.ts";
import { environment, type Place, startApplication, startWorker } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { readJob } from "../support/job-row.ts";
import { newPlace } from "../support/new-place.ts";
import { peopleCsv } from "../support/people-csv.ts";
import { launchCommandOf, runCommandOf } from "../support/place-commands.ts";
import { killFamily, launch } from "../support/processes.ts";
import { openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";

const [sqlite, postgres] = backends as [(typeof backends)[0], (typeof backends)[0]];
/** Times that a move is killed, each right after it has saved a piece. */
const minKills = 4;
const main = new URL("../../server/main.ts", import.meta.url).pathname;

async function open(url: string): Promise<Backend> {
  const backend = await openBackend(url);
  onTestFinished(() => backend.close());
  return backend;
}

async function startOn(place: Place) {
  const launched = launch(main, environment(place, { PORT: "0", NODE_ENV: "production" }));
  const { code } = await launched.exited;
  return { code, output: launched.output() };
}

describe("a move", () => {
  test("a move that is killed again and again brings an interrupted import to Postgres, and back", {
    timeout: 600_000,
  }, async () => {
    const rows = 120_000;
    const scene = await openScene(sqlite);
    const application = await scene.application({ NODE_ENV: "" });
    const client = await createClient(application.url, scene.place);
    const upload_id = await client.upload("people.csv", peopleCsv(rows, 100));
    const id = await client.start("contact_import", { upload_id }, "one-key");
    await scene.until(id, (row) => row.current_step === 1 && row.step_done > rows / 4);
    // The machine is lost: the job is left as running.
    await killFamily(application);
    expect((await scene.job(id)).status).toBe("running");
    await scene.backend.close();

    const { url } = await newPlace(postgres);
    const target = new pg.Client(url);
    target.on("error", () => {});
    await target.connect();
    onTestFinished(() => target.end());
    for (let kills = 0; kills < minKills; kills++) {
      const before = await readProgress(target);
      const move = launchCommandOf(scene.place, "move", [url]);
      await expect
        .poll(() => readProgress(target), { timeout: 120_000, interval: 5 })
        .not.toBe(before);
      move.kill("SIGKILL");
      expect(await move.exited).toMatchObject({ signal: "SIGKILL" });
    }
    const { output, code } = await runCommandOf(scene.place, "move", [url]);
    expect(output).toMatch(/each compared by count and checksum/);
    expect(output).toMatch(/Running when it stopped: \d jobs?, to go on/);
    expect(code).toBe(0);
    // The hand-over changes jobs that were running, and the secret, which was in a file.
    const copies = await Promise.all([openBackend(scene.url), openBackend(url)]);
    const changed = await differences(...copies);
    await Promise.all(copies.map((each) => each.close()));
    expect(changed.map((line) => line.split(" ")[0]).sort()).toEqual([
      "accounts",
      "job_events",
      "jobs",
      "secrets",
    ]);

    const refused = await startOn(scene.place);
    expect(refused.output).toMatch(
      /^Headway cannot start: [^\n]*its data was moved to postgres:[^\n]+\n$/,
    );
    expect(refused.code).toBe(1);

    const moved = { databaseUrl: url, storageDir: scene.place.storageDir };
    const there = await startApplication(moved, { NODE_ENV: "" });
    onTestFinished(() => there.stop());
    const backend = await openBackend(url);
    await expect
      .poll(async () => isFinal((await readJob(backend, id)).status), { timeout: 120_000 })
      .toBe(true);
    expect(await readJob(backend, id)).toMatchObject({
      ...{ status: "done", succeeded: rows - rows / 100, rejected: rows / 100, skipped: 0 },
      ...{ rescues: 0, retries: 0 },
    });
    // Sessions and tokens are valid there, and the next rows get numbers of their own.
    const answer = await fetch(`${there.url}/api/jobs/${id}`, {
      headers: { authorization: client.authorization },
    });
    expect(answer.status).toBe(200);
    const more = await client.upload("more.csv", "email\nnew@example.com\n", there.url);
    const next = await client.start("contact_import", { upload_id: more }, "another", there.url);
    await expect
      .poll(async () => (await readJob(backend, next)).status, { timeout: 120_000 })
      .toBe("done");
    await there.stop();
    await backend.close();

    const back = await runCommandOf(moved, "move", ["sqlite"]);
    expect(back.output).toMatch(/Leave DATABASE_URL out and start Headway/);
    expect(back.code).toBe(0);
    const file = await open(scene.url);
    expect(await differences(file, await open(url))).toEqual([]);
    const worker = await startWorker(scene.place);
    await worker.stop();
  });

  test("a move names the values that Postgres cannot store, and changes nothing", async () => {
    const scene = await openScene(sqlite);
    const at = scene.backend.now();
    const contact = { account_id: "account-1", job_id: "", created_at: at, updated_at: at };
    await scene.backend.db
      .insertInto("contacts")
      .values([
        { ...contact, email: "good@example.com", company: "a\\b\tc\nd\r ‰ 😀" },
        { ...contact, email: "bad@example.com", company: "null\u0000character" },
      ])
      .execute();
    await scene.backend.close();
    const { url } = await newPlace(postgres);
    const { output, code } = await runCommandOf(scene.place, "move", [url]);
    expect(output).toMatch(/Postgres cannot store these values[\s\S]+contacts\.company of id 2\n/);
    expect(code).toBe(1);
    const worker = await startWorker(scene.place);
    await worker.stop();
  });

  test("a move refuses to begin while Headway runs", async () => {
    const scene = await openScene(sqlite);
    await scene.worker();
    const { url } = await newPlace(postgres);
    const { output, code } = await runCommandOf(scene.place, "move", [url]);
    expect(output).toContain("Headway is running on this database");
    expect(code).toBe(1);
  });

  test("a start with an empty Postgres beside a SQLite file with people names the command", async () => {
    const scene = await openScene(sqlite);
    const application = await scene.application({ NODE_ENV: "" });
    await application.stop();
    const { url } = await newPlace(postgres);
    const place = { databaseUrl: url, storageDir: scene.place.storageDir };
    const { output, code } = await startOn(place);
    expect(output).toMatch(
      /^Headway cannot start: [^\n]*headway\.db has data[^\n]+npm run move -- postgres:[^\n]+\n$/,
    );
    expect(code).toBe(1);
  });
});

/** The bookmarks of a copy; undefined before it has begun. */
async function readProgress(target: pg.Client): Promise<string | undefined> {
  const query = "select progress from transfers where direction = 'in'";
  const found = await target.query<{ progress: string }>(query).catch(() => undefined);
  return found?.rows[0]?.progress;
}

async function differences(from: Backend, to: Backend): Promise<string[]> {
  const [source, target] = await Promise.all([from.openTableTransfer(), to.openTableTransfer()]);
  try {
    const shapes = (await target.describe())!;
    const compared = await compareTables({ from: source, to: target, shapes });
    return compared.flatMap(({ difference }) => difference ?? []);
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}
