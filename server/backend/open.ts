/** The only place that knows which backends there are. */
import type { Backend } from "./backend.ts";

/** What a statement may take on Postgres, ms. */
const patience = { short: 15_000, long: 300_000 };

export interface Opening {
  /** Straight to the server, where the address leads through a pooler. */
  listenUrl?: string | null;
  /** Short for processes that people or other processes wait for; default long. */
  patience?: keyof typeof patience;
}

/**
 * Opens the database that the address names, without changing it.
 * @param url `postgres://…`, or the path of a SQLite file
 * @throws where the file or the server cannot be reached
 */
export async function openBackend(url: string, opening: Opening = {}): Promise<Backend> {
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgres } = await import("./postgres/open.ts");
    const directUrl = opening.listenUrl ?? url;
    return openPostgres({ url, directUrl, statementMs: patience[opening.patience ?? "long"] });
  }
  const { openSqlite } = await import("./sqlite/open.ts");
  return openSqlite(url);
}
