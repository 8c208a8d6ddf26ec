import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { peopleCsv } from "../support/people-csv.ts";
import { childrenOf, descendantsOf, signalTo } from "../support/processes.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { formatTakeovers, measureTakeover, waitForCheckpoint } from "./takeover.ts";

/** Enough rows for all kills to come before the end, even on a fast machine. */
const rowsOn = { sqlite: 600_000, postgres: 400_000 };
/** Every 500th row has no valid email address. */
const rejectedEach = 500;
const kills = 20;

describe.each(backends)("an import on $name", (which) => {
  test("an import that is started fifty times and killed twenty times adds each contact once", {
    timeout: 600_000,
  }, async ({ annotate }) => {
    const rows = rowsOn[which.name];
    const scene = await openScene(which);
    const application = await scene.application({ NODE_ENV: "" });
    const client = await createClient(application.url, scene.place);
    const contacts = async () => {
      const query = scene.backend.db
        .selectFrom("contacts")
        .select((eb) => eb.fn.countAll().as("n"));
      return Number((await query.executeTakeFirstOrThrow()).n);
    };
    const before = await contacts();
    const upload_id = await client.upload("people.csv", peopleCsv(rows, rejectedEach));
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => client.start("contact_import", { upload_id }, "one-key")),
    );
    expect(new Set(ids).size).toBe(1);
    const id = ids[0]!;

    const waits: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      await waitForCheckpoint(scene, id);
      const [worker] = childrenOf(application.pid);
      const runners = descendantsOf(worker!);
      const victims = [[worker!], runners, [worker!, ...runners]][kill % 3]!;
      waits.push(
        await measureTakeover(scene, id, () => victims.map((pid) => signalTo(pid, "SIGKILL"))),
      );
    }
    await annotate(formatTakeovers(waits));

    const job = await scene.ended(id, 120_000);
    const rejected = rows / rejectedEach;
    expect(job).toMatchObject({
      status: "done",
      succeeded: rows - rejected,
      rejected,
      skipped: 0,
    });
    expect(job.retries).toBe(0);
    // A worker may give the job to another runner that was killed with the first and exits later.
    expect(job.fence).toBeGreaterThan(kills);
    expect(await contacts()).toBe(before + rows - rejected);
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events).map(({ type }) => type)).toEqual(["done"]);
    const account = await scene.backend.db
      .selectFrom("accounts")
      .select("contact_count")
      .where("id", "=", job.account_id)
      .executeTakeFirstOrThrow();
    expect(account.contact_count).toBe(before + rows - rejected);
    expect(await client.start("contact_import", { upload_id }, "one-key")).toBe(id);
  });
});
