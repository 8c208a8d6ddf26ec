import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../../server/backend/backend.ts";
import type { Catalog } from "../../../server/catalog.ts";
import {
  readTypicalDurations,
  typicalSeconds,
} from "../../../server/engine/eta/typical-durations.ts";
import type { Kind } from "../../../server/job.ts";
import { addAccount, backends, openTestBackend } from "../../support/backends.ts";

const catalog: Catalog = new Map([
  ["expected", { expectedSeconds: 90 } as Kind],
  ["baking", {} as Kind],
  ["frying", {} as Kind],
]);

describe.each(backends)("the typical duration on $name", (which) => {
  let database: Awaited<ReturnType<typeof openTestBackend>>;
  let backend: Backend;
  beforeEach(async () => {
    database = await openTestBackend(which);
    ({ backend } = database);
  });
  afterEach(() => database.close());

  let ended = 0;
  /** Inserts done jobs of these durations, in the order of their ends. */
  async function add(seconds: number[], different: object = {}): Promise<void> {
    const rows = seconds.map((each) => ({
      id: randomUUID(),
      kind: "baking",
      account_id: "account-1",
      user_id: "user-1",
      status: "done" as const,
      input: "{}",
      run_at: 0,
      created_at: 0,
      max_retries: 0,
      timeout_ms: 0,
      finished_at: ++ended,
      running_ms: each * 1_000,
      ...different,
    }));
    await backend.db.insertInto("jobs").values(rows).execute();
  }

  async function typical(kind = "baking", size: number | null = null): Promise<number | null> {
    const durations = await readTypicalDurations(backend.db, catalog, "account-1");
    return typicalSeconds(durations(kind, size));
  }

  test("a kind without past jobs has its declared duration or none", async () => {
    expect(await typical()).toBeNull();
    expect(await typical("expected")).toBe(90);
  });

  test("the typical duration is the median of the last twenty successful jobs", async () => {
    await add(Array(30).fill(1_000));
    await add([...Array(9).fill(10), ...Array(9).fill(20), 15, 5_000]);
    expect(await typical()).toBe(18);
    await add([30, 30], { kind: "expected" });
    expect(await typical("expected")).toBe(30);
  });

  test("the typical duration scales with the size of comparable jobs", async () => {
    await add([10, 12, 14], { input_bytes: 1_000_000 });
    await add([1, 1, 1, 1], { input_bytes: 10_000 });
    expect(await typical("baking", 2_000_000)).toBe(24);
    expect(await typical("baking", 500_000)).toBe(6);
    expect(await typical("baking", 20_000)).toBe(2);
    expect(await typical("baking", 100_000_000)).toBeNull();
  });

  test("the typical duration is at least a second", async () => {
    await add([0, 0]);
    expect(await typical()).toBe(1);
  });

  test("jobs of other statuses, kinds and accounts do not count", async () => {
    await addAccount(backend, "account-2");
    await add([10]);
    await add([500], { status: "failed" });
    await add([500], { status: "cancelled" });
    await add([500], { kind: "frying" });
    await add([500], { account_id: "account-2" });
    await add([500], { status: "running", finished_at: null });
    expect(await typical()).toBe(10);
  });
});
