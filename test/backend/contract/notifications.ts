import { expect, test, vi } from "vitest";
import type { Backend, ChangedIds } from "../../../server/backend/backend.ts";

/** A notification takes milliseconds, and longer on a busy machine. */
const soon = (check: () => unknown) => vi.waitFor(check, 20_000);

/** The tests that all notifications must pass: ids reach every process after the commit. */
export function notificationsContract(
  backend: () => Backend,
  another: () => Promise<Backend>,
): void {
  async function subscribeTo(source: Backend) {
    const received: ChangedIds[] = [];
    const end = source.notifications.subscribe((change) => received.push(change));
    const ids = () => received.flatMap((change) => (change === "resync" ? [] : change));
    // The connection may still be opening; after the first received id, nothing is lost.
    await soon(async () => {
      await source.write(async (tx) => tx.notify("probe"));
      expect(ids()).toContain("probe");
    });
    return { ids: () => ids().filter((id) => id !== "probe"), end };
  }

  /** Repeated, because a notification may be lost, such as when a busy server does not take it in time. */
  async function untilReceived(id: string, there: { ids(): string[] }): Promise<void> {
    await soon(async () => {
      await backend().write(async (tx) => tx.notify(id));
      await vi.waitFor(() => expect(there.ids()).toContain(id), 1_000);
    });
  }

  test("a notification reaches its own process and another one", async () => {
    const other = await another();
    const here = await subscribeTo(backend());
    const there = await subscribeTo(other);
    await untilReceived("job-1", here);
    await untilReceived("job-1", there);
    here.end();
    there.end();
    await other.close();
  });

  test("a transaction that fails sends no notification", async () => {
    const here = await subscribeTo(backend());
    const failing = backend().write(async (tx) => {
      tx.notify("never");
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow();
    await untilReceived("after", here);
    expect(here.ids()).not.toContain("never");
    here.end();
  });

  test("a transaction with a thousand ids delivers each of them once", async () => {
    const here = await subscribeTo(backend());
    let attempts = 0;
    await vi.waitFor(async () => {
      const prefix = `many-${++attempts}-`;
      const ids = Array.from({ length: 1_000 }, (_, at) => `${prefix}${at}`);
      const received = () => here.ids().filter((id) => id.startsWith(prefix));
      await backend().write(async (tx) => {
        for (const id of [...ids, ...ids]) tx.notify(id);
      });
      await soon(() => expect(new Set(received()).size).toBe(1_000));
      expect(received().toSorted()).toEqual(ids.toSorted());
    }, 60_000);
    here.end();
  });

  test("an ended subscription receives nothing more", async () => {
    const ended = await subscribeTo(backend());
    const here = await subscribeTo(backend());
    ended.end();
    await untilReceived("late", here);
    expect(ended.ids()).toEqual([]);
    here.end();
  });
}
