import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { workbook } from "../support/archives.ts";
import { backends } from "../support/backends.ts";
import { childrenOf, descendantsOf, signalTo } from "../support/processes.ts";
import { openScene, type Scene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { measureTakeover, waitForCheckpoint } from "./takeover.ts";

/** People from 0 to `known` are imported first; the workbook has those from `from` to `to`. */
const known = 20_000;
const from = 10_000;
const to = 80_000;

describe.each(backends)("jobs on contacts on $name", (which) => {
  test("a check, an import of a workbook and its undo are killed, and leave the contacts right to the row", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    const application = await scene.application({ NODE_ENV: "" });
    const client = await createClient(application.url, scene.place);
    const upload_id = await client.upload("known.csv", csv());
    await scene.ended(await client.start("contact_import", { upload_id }, "known"));
    const before = await stateOf(scene);
    const book = { upload_id: await client.upload("people.xlsx", await xlsx()) };
    const killRunners = () => {
      const [worker] = childrenOf(application.pid);
      for (const pid of descendantsOf(worker!)) signalTo(pid, "SIGKILL");
    };

    const check = await client.start("contact_import", { ...book, validate_only: true }, "check");
    expect(await killed(scene, check, 2, killRunners)).toMatchObject({
      kind: "contact_check",
      outcome: "Checked: 70,000 new or changed",
    });
    expect(await stateOf(scene)).toEqual(before);

    const imported = await client.start("contact_import", book, "import");
    expect(await killed(scene, imported, 2, killRunners)).toMatchObject({
      outcome: "Imported 70,000 of 70,000 (60,000 created, 10,000 updated)",
    });
    const after = await stateOf(scene);
    expect(after.contacts).toBe(before.contacts + 60_000);
    expect(after.counted).toBe(after.contacts);

    const undo = await client.start("contact_undo", { job_id: imported }, "undo");
    expect(await killed(scene, undo, 3, killRunners)).toMatchObject({
      outcome: "Undid the changes of 70,000 contacts",
      succeeded: 70_000,
      skipped: 0,
    });
    expect(await stateOf(scene)).toEqual(before);
  });
});

/** Kills the runners after a checkpoint, several times. @returns the job once it is done */
async function killed(scene: Scene, id: string, kills: number, kill: () => void) {
  for (let at = 0; at < kills; at++) {
    await waitForCheckpoint(scene, id);
    await measureTakeover(scene, id, kill);
  }
  const job = await scene.ended(id, 120_000);
  expect(job).toMatchObject({ status: "done", rejected: 0 });
  expect(job.fence).toBeGreaterThan(kills);
  return job;
}

/** @returns how many contacts there are, how many the account counts, and a digest of all rows */
async function stateOf({ backend: { db } }: Scene) {
  const rows = await db.selectFrom("contacts").selectAll().orderBy("email").execute();
  const { counted } = await db
    .selectFrom("accounts")
    .select((eb) => eb.fn.max("contact_count").as("counted"))
    .executeTakeFirstOrThrow();
  const digest = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
  return { contacts: rows.length, counted: Number(counted), digest };
}

const email = (at: number) => `p${String(at).padStart(6, "0")}@x.test`;

function csv(): string {
  const rows = Array.from({ length: known }, (_, at) => `${email(at)},Known ${at},Old`);
  return ["email,first name,company", ...rows].join("\n");
}

/** In an order that no index likes. */
async function xlsx(): Promise<Uint8Array<ArrayBuffer>> {
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  const row = (...cells: string[]) => `<row>${cells.map(cell).join("")}</row>`;
  let rows = row("email", "first name", "company");
  for (let at = from; at < to; at++) {
    const person = from + (((at - from) * 7_919) % (to - from));
    rows += row(email(person), `Person ${person}`, "New");
  }
  return new Uint8Array(await workbook({ rows }));
}
