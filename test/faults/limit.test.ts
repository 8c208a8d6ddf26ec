import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { addAccount, backends } from "../support/backends.ts";
import { openScene } from "./scene.ts";

const limit = 3;

describe.each(backends)("the limit of an account on $name", (which) => {
  test("holds at every moment over two workers, and keeps nobody else waiting", async () => {
    const scene = await openScene(which, { maxRunning: limit });
    await addAccount(scene.backend, "account-2");
    await Promise.all([scene.worker(), scene.worker()]);
    const ids = await Promise.all(
      Array.from({ length: 30 }, () => scene.start("nap", { ms: 100 })),
    );
    const other = await scene.start("nap", { ms: 1 }, "account-2");
    const counts: number[] = [];
    for (let left = ids.length; left > 0; await sleep(5)) {
      const rows = await scene.backend.db
        .selectFrom("jobs")
        .select("status")
        .where("account_id", "=", "account-1")
        .execute();
      counts.push(rows.filter(({ status }) => status === "running").length);
      left = rows.filter(({ status }) => status !== "succeeded").length;
    }
    expect(Math.max(...counts)).toBe(limit);
    const order = await scene.backend.db
      .selectFrom("jobs")
      .select("id")
      .orderBy("finished_at")
      .execute();
    expect(order.findIndex(({ id }) => id === other)).toBeLessThan(15);
    const accounts = await scene.backend.db.selectFrom("accounts").select("running").execute();
    expect(accounts).toEqual([{ running: 0 }, { running: 0 }]);
  });
});
