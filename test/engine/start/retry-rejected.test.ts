import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactExport from "../../../jobs/contact_export.ts";
import contactImport from "../../../jobs/contact_import.ts";
import { retry } from "../../../server/engine/start/retry.ts";
import { retryRejected } from "../../../server/engine/start/retry-rejected.ts";
import type { Kind } from "../../../server/job.ts";
import { backends } from "../../support/backends.ts";
import { type Engine, testEngine } from "../../support/test-engine.ts";

const catalog = new Map<string, Kind>([
  ["contact_import", contactImport as unknown as Kind],
  ["contact_export", contactExport as unknown as Kind],
]);

describe.each(backends)("retries of rejected rows on $name", (which) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
  });
  afterEach(() => engine.close());

  async function imported(content: string, input = {}, name = "people.csv") {
    const upload_id = await engine.upload(content, name);
    return engine.finish("contact_import", { upload_id, ...input });
  }

  async function again(id: string) {
    return retryRejected({ ...engine, catalog }, await engine.job(id), "user-1");
  }

  async function rejected(id: string): Promise<string[]> {
    const files = await engine.files(id);
    const lines = files.find(({ role }) => role === "rejected")?.content.split("\r\n") ?? [];
    return lines.filter(Boolean);
  }

  test("a retry of rejected rows creates one linked job for those rows only", async () => {
    const first = await imported("Email,Name\nann@x.test,Ann\n,Bo\ncy@,Cy\n", {
      duplicates: "skip",
    });
    expect(first).toMatchObject({ succeeded: 1, rejected: 2 });
    const [one, two] = await Promise.all([again(first.id), again(first.id)]);
    expect(one.job.id).toBe(two.job.id);
    expect([one.repeated, two.repeated].sort()).toEqual([false, true]);
    expect(one.job).toMatchObject({ retry_of: first.id, subject: "people-rejected.csv" });
    expect(JSON.parse(one.job.input)).toMatchObject({ duplicates: "skip", first_row: "names" });
    const [created] = await engine.backend.db
      .selectFrom("job_events")
      .select(["type", "details"])
      .where("job_id", "=", one.job.id)
      .execute();
    expect(created).toEqual({ type: "created", details: '{"only":"failed"}' });

    const second = await engine.run(one.job.id);
    expect(second).toMatchObject({ status: "done", succeeded: 0, rejected: 2 });
    // A row keeps a single reason after several retries.
    expect(await rejected(second.id)).toEqual(await rejected(first.id));
    const third = await again(second.id);
    expect(third.job.subject).toBe("people-rejected.csv");
  });

  test("a retry of rejected rows keeps the mapping of a file without a header", async () => {
    const rows = "ann@x.test;Ann;Lee\nbo@x.test;Bo;Ray\ncy;Cy;Fox\n";
    const first = await imported(rows, { first_row: "contact" });
    expect(first).toMatchObject({ succeeded: 2, rejected: 1 });
    expect(await rejected(first.id)).toHaveLength(2);
    const { job } = await again(first.id);
    const second = await engine.run(job.id);
    expect(second).toMatchObject({ status: "done", rejected: 1 });
    expect((await engine.errors(second.id))[0]?.reason).toBe("No @ in the email");
  });

  test("a retry of rejected rows imports the corrected rows", async () => {
    const first = await imported("Email,Phone\nann@x.test,1\nbo,'=1+1\n");
    const file = (await engine.files(first.id)).find(({ role }) => role === "rejected")!;
    await engine.storage.save(file.storage_key, [
      Buffer.from(file.content.replace("bo,", "bo@x.test,")),
    ]);
    const second = await engine.run((await again(first.id)).job.id);
    expect(second).toMatchObject({ succeeded: 1, rejected: 0 });
  });

  test("a retry without rejected rows, with an expired file or of an active job is refused", async () => {
    const well = await imported("Email\nann@x.test\n");
    await expect(again(well.id)).rejects.toThrow("no_rejected_rows");
    const other = await engine.finish("contact_export", {});
    await expect(again(other.id)).rejects.toThrow("no_rejected_rows");
    const some = await imported("Email\nann@x.test\nbo\n");
    await engine.backend.db
      .updateTable("files")
      .set({ expires_at: 1 })
      .where("job_id", "=", some.id)
      .execute();
    await expect(again(some.id)).rejects.toThrow("rejected_file_expired");
    const lost = await imported("Email\nann@x.test\nbo\n");
    const file = (await engine.files(lost.id)).find(({ role }) => role === "rejected")!;
    await engine.storage.delete(file.storage_key);
    await expect(again(lost.id)).rejects.toThrow("rejected_file_expired");
    const waiting = await engine.start("contact_export", {});
    await expect(again(waiting)).rejects.toThrow("not_final");
  });

  test("a retry of rejected rows does not prevent a retry of the whole job", async () => {
    const first = await imported("Email\nann@x.test\nbo\n");
    const part = await again(first.id);
    const whole = await retry({ backend: engine.backend, catalog }, first, "user-1");
    expect(whole.repeated).toBe(false);
    expect(whole.job.id).not.toBe(part.job.id);
    expect(whole.job.input).toBe(first.input);
  });
});
