import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import contactImport from "../../jobs/contact_import.ts";
import countdown from "../../jobs/countdown.ts";
import { defineJob, type JobContext, Refused, TryAgain, upload } from "../../server/job.ts";
import { backends, killAtEach, testKind } from "./test-kind.ts";

const people = "email,first name\nada@x.test,Ada\nbo@x.test,Bo\nnobody,\n";

/** Sends a letter to each address in a step of its own, into an array that outlives its runs. */
function letters(send: (job: JobContext, address: string) => Promise<void>) {
  return defineJob({
    title: "Letters",
    description: "Send letters.",
    input: z.object({ to: z.string() }),
    steps: { Sending: 1 },
    unit: "letters",
    retryAfter: ["1h"],
    async run(job, { to }) {
      const addresses = to.split(",");
      await job.step("Sending", () =>
        job.batches({
          total: addresses.length,
          async *from(sent: number = 0) {
            for (let at = sent; at < addresses.length; at++) {
              await send(job, addresses[at]!);
              yield { items: [addresses[at]!], cursor: at + 1 };
            }
          },
          write: async (items) => ({ succeeded: items.length }),
        }),
      );
      return { message: `Sent ${addresses.length} letters` };
    },
  });
}

describe.each(backends)("the test kit on $name", (on) => {
  test("a kind of an hour runs at once, and its row shows its progress, then its end", async () => {
    const t = await testKind(countdown, { on });
    const before = t.clock.now();
    const job = await t.run({ from: 3_600 / 300 });
    expect(job).toMatchObject({ status: "done", message: "Counted down from 12", runs: 1 });
    expect(t.clock.now() - before).toBeGreaterThanOrEqual(12_000);
    expect(job.progress[2]).toEqual({ step: "Counting down", done: 3, total: 12, message: null });
    expect(job.progress).toHaveLength(12);
    job.shows("Queued", "Running Working", "25 %", "50 %", "Done");
    expect(() => job.shows("Done", "50 %")).toThrow('never showed "50 %" after the texts before');
    expect(job.events.map(({ type }) => type)).toEqual([
      ...["created", "started", "step_started", "step_finished", "done"],
    ]);
  });

  test("an import gets its file, and leaves rows, files, rejections and an offer to undo it", async () => {
    const t = await testKind(contactImport, { on });
    const job = await t.run({ upload_id: await t.upload("people.csv", people) });
    expect(job).toMatchObject({
      ...{ status: "done", page: `/contacts?job=${job.id}`, offers: ["undo"] },
      counts: { succeeded: 2, rejected: 1, skipped: 0 },
      rejections: [{ reason: "No @ in the email", count: 1, rows: [4] }],
    });
    expect(job.files.find(({ role }) => role === "rejected")!.text).toContain("nobody");
    expect(await job.result()).toContain("View imported contacts");
    expect(await t.rows("contacts")).toMatchObject([{ first_name: "Ada" }, { first_name: "Bo" }]);
    const undone = await t.followUp(job, "undo");
    expect(undone).toMatchObject({ status: "done", row: { kind: "contact_undo" } });
    expect(await t.rows("contacts")).toEqual([]);
  });

  test("a killed run does nothing more, and the next one goes on from its checkpoint", async () => {
    const sent: string[] = [];
    const ended: string[] = [];
    const kind = letters(async (_, address) => void sent.push(address));
    const { run } = kind;
    kind.run = (job, input) => run(job, input).finally(() => ended.push("run"));
    const t = await testKind(kind, { on });
    const job = await t.killAt(3, 2).run({ to: "a,b,c,d" });
    // Transaction 3 is the batch of b. The second run begins at it, and is killed at that of c.
    expect(sent).toEqual(["a", "b", "b", "c", "c", "d"]);
    expect(ended).toEqual(["run"]);
    expect(job).toMatchObject({ status: "done", runs: 3, counts: { succeeded: 4 } });
    job.shows("25 %", "50 %", "Done");
  });

  test("a cancel, a pause, an update and a timeout reach a run at their transaction", async () => {
    const sent: string[] = [];
    const left: string[] = [];
    const kind = letters(async (_, address) => void sent.push(address));
    kind.cleanup = async (job) => void left.push(`${job.counts.succeeded} sent`);
    const input = { to: "a,b,c" };
    const t = await testKind(kind, { on });
    const cancelled = await t.cancelAt(2).run(input);
    expect(cancelled).toMatchObject({ status: "cancelled", counts: { succeeded: 1 } });
    expect([sent, left]).toEqual([["a"], ["1 sent"]]);
    cancelled.shows("Running", "Cancelled");
    const paused = await t.pauseAt(2).run(input);
    expect(paused).toMatchObject({ status: "done", runs: 2, counts: { succeeded: 3 } });
    paused.shows("33 %", "Paused", "Running", "Done");
    const updated = await t.shutDownAt(2).run(input);
    expect(updated).toMatchObject({ status: "done", runs: 2, retries: 0 });
    expect(updated.events.map(({ type }) => type)).toContain("interrupted");
    const late = await t.timeOutAt(2).run(input);
    expect(late).toMatchObject({ status: "failed", reason: "timeout", counts: { succeeded: 1 } });
    expect(left).toEqual(["1 sent", "1 sent"]);
  });

  test("a retry after an hour and a sleep of a day take no time", async () => {
    let fails = true;
    const kind = letters(async (job, address) => {
      if (address === "b" && fails) {
        fails = false;
        throw new TryAgain("The post office is closed");
      }
      if (address === "c") await job.sleep(86_400_000, "no post on Sundays");
    });
    const t = await testKind(kind, { on });
    const before = t.clock.now();
    const job = await t.run({ to: "a,b,c" });
    expect(job).toMatchObject({ status: "done", retries: 1, runs: 3 });
    expect(t.clock.now() - before).toBeGreaterThanOrEqual(86_400_000 + 3_600_000);
    job.shows("Retry 1 of 1", "the post office is closed", "no post on Sundays", "Done");
  });

  test("retries by people keep the first job's ID, and a job that runs again gets its own", async () => {
    const keys: string[] = [];
    const before: (string | null)[] = [];
    const kind = letters(async (job, address) => {
      keys.push(`${job.firstJobId}-${address}`);
      before.push(job.retryOf);
      if (keys.length < 3) throw new Refused("There are no stamps");
    });
    const t = await testKind(kind, { on });
    const first = await t.run({ to: "a" });
    const second = await t.retry(first);
    const third = await t.retry(second);
    const again = await t.retry(third);
    expect([third.status, again.status]).toEqual(["done", "done"]);
    expect(keys).toEqual([...Array(3).fill(`${first.id}-a`), `${again.id}-a`]);
    expect(before).toEqual([null, first.id, second.id, third.id]);
  });

  test("a job shows the text that it wrote, and its rejected rows with their labels", async () => {
    const long = "x".repeat(90);
    const kind = letters(async (job, address) => {
      job.output.append(`To ${address}\n`);
      if (address !== "a") job.reject(2, "No stamps", address === "b" ? " Bo\n@x.test" : long);
    });
    const t = await testKind(kind, { on });
    const job = await t.run({ to: "a,b,c" });
    expect(job.output).toBe("To a\nTo b\nTo c\n");
    const labels = ["Bo @x.test", `${"x".repeat(79)}…`];
    expect(job.rejections).toEqual([{ reason: "No stamps", count: 2, rows: [2, 2], labels }]);
    expect(await job.result()).toContain("rows 2 (Bo @x.test) and 2 (xxx");
  });

  test("a job that has to fail is checked for its error", async () => {
    const t = await testKind(
      letters(async (job) => {
        job.log("No stamps", "warn");
        throw new Refused("There are no stamps", "Buy some.");
      }),
      { on },
    );
    const job = await t.fails({ to: "a" }, "no stamps");
    expect(job).toMatchObject({ advice: "Buy some.", reason: "refused", retries: 0 });
    expect(job.log).toEqual([{ level: "warn", message: "No stamps" }]);
    await expect(t.fails({ to: "a" }, /ink/)).rejects.toThrow("fail with /ink/, not with: There");
  });
});

describe("the test kit", () => {
  test("an import that is killed at any transaction saves each contact once", async () => {
    let kills = 0;
    await killAtEach(contactImport, async (t) => {
      const job = await t.run({ upload_id: await t.upload("people.csv", people) });
      expect(job.counts).toEqual({ succeeded: 2, rejected: 1, skipped: 0 });
      expect(await t.rows("contacts")).toHaveLength(2);
      expect(job.events.filter(({ type }) => type === "rescued")).toHaveLength(job.runs - 1);
      kills += job.runs - 1;
    });
    expect(kills).toBeGreaterThanOrEqual(7);
  });

  test("it notices a kind that does its work twice after a crash", async () => {
    const sent: string[] = [];
    const careless = letters(async (_, address) => void sent.push(address));
    const check = killAtEach(careless, async (t) => {
      sent.length = 0;
      await t.run({ to: "a,b" });
      expect(sent).toEqual(["a", "b"]);
    });
    await expect(check).rejects.toThrow("Killed at transaction 2: ");
  });

  test("it notices a kind that never looks at its signal", async () => {
    const kind = defineJob({
      ...{ title: "Deaf", description: "", input: z.object({}), steps: { Working: 1, More: 1 } },
      async run(job) {
        await job.step("Working", async () => {});
        await wait(1);
        return { message: "Worked on" };
      },
    });
    const t = await testKind(kind);
    expect(await t.cancelAt(2).run({})).toMatchObject({ status: "done" });
  });

  test("a kill, a cancel or a pause that no run reaches is an error", async () => {
    const t = await testKind(letters(async () => {}));
    const message = "kill at transaction 9, but the run ended after 4";
    await expect(t.killAt(9).run({ to: "a" })).rejects.toThrow(message);
    await expect(t.cancelAt(9).run({ to: "a" })).rejects.toThrow("cancel at transaction 9");
    const idle = killAtEach(
      letters(async () => {}),
      async () => {},
    );
    await expect(idle).rejects.toThrow("The check ran no job");
  });

  test("a wrong input is refused with the messages of the form", async () => {
    const kind = defineJob({
      ...{ title: "Files", description: "", steps: { Reading: 1 } },
      input: z.object({ file: upload("text/csv"), size: z.number().max(5).default(1) }),
      run: async () => ({ message: "Read" }),
    });
    const t = await testKind(kind);
    const errors = { file: "Required", size: "Enter 5 or less" };
    expect(await t.refuses({ size: 9 })).toEqual(errors);
    const file = await t.upload("a.csv", "a");
    await expect(t.refuses({ file })).rejects.toThrow("a job was started");
  });
});
