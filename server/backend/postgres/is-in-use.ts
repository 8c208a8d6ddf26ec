import pg from "pg";
import { connectionConfig } from "./pool.ts";

/** Processes of Headway hold connections all the time: a worker beats each second, a web listens. */
export async function isInUse(url: string): Promise<boolean> {
  const client = new pg.Client(connectionConfig(url));
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ others: number }>(
      `select count(*) as others from pg_stat_activity
        where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()`,
      ["headway"],
    );
    return rows[0]!.others > 0;
  } finally {
    await client.end().catch(() => {});
  }
}
