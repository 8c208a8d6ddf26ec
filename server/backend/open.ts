/** The only place that knows which backends there are. */
import type { Backend } from "./backend.ts";

/**
 * Opens the database that the address names, without changing it.
 * @param url `postgres://…`, or the path of a SQLite file
 * @throws where the file or the server cannot be reached
 */
export async function openBackend(url: string): Promise<Backend> {
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgres } = await import("./postgres/open.ts");
    return openPostgres(url);
  }
  const { openSqlite } = await import("./sqlite/open.ts");
  return openSqlite(url);
}
