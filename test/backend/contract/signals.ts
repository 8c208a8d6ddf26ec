import { expect, test, vi } from "vitest";
import type { Backend, Change } from "../../../server/backend/backend.ts";

/** A signal takes milliseconds, on a busy machine more. */
const soon = (check: () => unknown) => vi.waitFor(check, 10_000);

/** What every backend's signals promise: ids reach every process, and only after the commit. */
export function signalsContract(backend: () => Backend, another: () => Promise<Backend>): void {
  async function listenTo(source: Backend) {
    const heard: Change[] = [];
    const end = source.signals.subscribe((change) => heard.push(change));
    const ids = () => heard.flatMap((change) => (change === "resync" ? [] : change));
    // A connection may still be opening: the promise holds from the first signal that was heard.
    await soon(async () => {
      await source.write(async (tx) => tx.changed("probe"));
      expect(ids()).toContain("probe");
    });
    return { ids: () => ids().filter((id) => id !== "probe"), end };
  }

  test("a change is heard in its own process and in another", async () => {
    const other = await another();
    const here = await listenTo(backend());
    const there = await listenTo(other);
    await backend().write(async (tx) => tx.changed("job-1"));
    await soon(() => expect(here.ids()).toContain("job-1"));
    await soon(() => expect(there.ids()).toContain("job-1"));
    here.end();
    there.end();
    await other.close();
  });

  test("a transaction that fails is not heard of", async () => {
    const here = await listenTo(backend());
    const failing = backend().write(async (tx) => {
      tx.changed("never");
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow();
    await backend().write(async (tx) => tx.changed("after"));
    await soon(() => expect(here.ids()).toContain("after"));
    expect(here.ids()).not.toContain("never");
    here.end();
  });

  test("a thousand ids at once all arrive, once each in one change", async () => {
    const here = await listenTo(backend());
    const ids = Array.from({ length: 1_000 }, (_, at) => `many-${at}`);
    await backend().write(async (tx) => {
      for (const id of [...ids, ...ids]) tx.changed(id);
    });
    await soon(() => expect(new Set(here.ids()).size).toBe(1_000));
    expect(here.ids().toSorted()).toEqual(ids.toSorted());
    here.end();
  });

  test("a listener that ended hears nothing more", async () => {
    const gone = await listenTo(backend());
    const here = await listenTo(backend());
    gone.end();
    await backend().write(async (tx) => tx.changed("late"));
    await soon(() => expect(here.ids()).toContain("late"));
    expect(gone.ids()).toEqual([]);
    here.end();
  });
}
