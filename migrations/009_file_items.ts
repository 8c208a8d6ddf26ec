import { type Kysely, sql } from "kysely";

/** The number of items in a file, for "First 5 of 10,986 contacts". */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table files add column items integer`.execute(db);
}
