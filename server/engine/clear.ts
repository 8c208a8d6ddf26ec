import type { Backend } from "../backend/backend.ts";

/** Hides ended jobs from the list; retention deletes them in its own time. */
export async function clear(backend: Backend, ids: readonly string[]): Promise<void> {
  await backend.write(async (tx) => {
    const hidden = await tx.db
      .updateTable("jobs")
      .set({ hidden_at: backend.now() })
      .where("id", "in", ids)
      .where("finished_at", "is not", null)
      .where("hidden_at", "is", null)
      .returning("id")
      .execute();
    for (const { id } of hidden) tx.notify(id);
  });
}
