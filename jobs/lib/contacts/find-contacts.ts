/** Finds stored contacts, by address or by id. */
import type { BatchWrite } from "../../../server/job.ts";
import { type ContactValues, valueColumns } from "./merge-contact.ts";

/** A contact as the database has it. */
export interface StoredContact {
  id: number;
  email: string;
  values: ContactValues;
  /** The job that wrote it last; empty if a person did. */
  job_id: string;
  /** ms since 1970 */
  updated_at: number;
}

type Database = Pick<BatchWrite, "db">;

const columns = ["id", "email", "job_id", "updated_at", ...valueColumns] as const;

/**
 * @param emails in the order of the database, not empty
 * @returns the contacts that the account already has, by address
 */
export async function findByEmail(
  { db }: Database,
  accountId: string,
  emails: readonly string[],
): Promise<Map<string, StoredContact>> {
  const query = db.selectFrom("contacts").select(columns).where("account_id", "=", accountId);
  // One range is much cheaper than hundreds of addresses, unless other contacts lie in between.
  let rows = await query
    .where("email", ">=", emails[0]!)
    .where("email", "<=", emails.at(-1)!)
    // So that Postgres reads the index also before it has statistics.
    .orderBy("email")
    .limit(emails.length + 1)
    .execute();
  if (rows.length > emails.length) rows = await query.where("email", "in", emails).execute();
  return new Map(rows.map((row) => [row.email, toContact(row as Row)]));
}

/**
 * The account is compared here: with it in the query, SQLite reads all of the account's contacts.
 * @returns those that still exist, by id
 */
export async function findById(
  { db }: Database,
  accountId: string,
  ids: readonly number[],
): Promise<Map<number, StoredContact>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("contacts")
    .select([...columns, "account_id"])
    .where("id", "in", ids)
    .execute();
  const own = rows.filter(({ account_id }) => account_id === accountId);
  return new Map(own.map((row) => [row.id, toContact(row as Row)]));
}

type Row = Omit<StoredContact, "values"> & Record<(typeof valueColumns)[number], string | null>;

function toContact(row: Row): StoredContact {
  const { id, email, job_id, updated_at } = row;
  const values = valueColumns.map((column) => row[column]) as ContactValues;
  return { id, email, job_id, updated_at, values };
}
