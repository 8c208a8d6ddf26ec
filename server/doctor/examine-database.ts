/** Looks for contradictions in the database. */
import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";
import { formatCount } from "../text/counts.ts";

/** @returns a line for each problem */
export async function examineDatabase(backend: Backend): Promise<string[]> {
  const damage = (await backend.findDamage?.()) ?? [];
  // Queries on a damaged file may fail, and say nothing new.
  if (damage.length > 0) return damage.map((line) => `The database file is damaged: ${line}`);
  return [
    ...(await examineCounters(backend)),
    ...(await examineTimes(backend)),
    ...(await examineSchedules(backend)),
  ];
}

async function examineCounters({ db }: Backend): Promise<string[]> {
  const { rows } = await sql<{ id: string; counted: number; contacts: number }>`
    select * from (select accounts.id, contact_count as counted,
      (select count(*) from contacts where account_id = accounts.id) as contacts
      from accounts) as counts where counted <> contacts`.execute(db);
  return rows.map(
    ({ id, counted, contacts }) =>
      `Account ${id} has ${formatCount(Number(contacts), "contacts")} and counts ${counted}`,
  );
}

/** An ended job without a time of its end would stay for ever, and an active one with it be deleted. */
async function examineTimes({ db }: Backend): Promise<string[]> {
  const { rows } = await sql<{ id: string; status: string }>`
    select id, status from jobs
    where (status in ('done', 'failed', 'cancelled')) <> (finished_at is not null)`.execute(db);
  return rows.map(({ id, status }) => `Job ${id} is ${status}, which its times contradict`);
}

/** Such a schedule would start jobs although its page says that it is paused. */
async function examineSchedules({ db }: Backend): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from schedules where paused_at is not null and next_at is not null`.execute(db);
  return rows.map(({ id }) => `Schedule ${id} is paused and has a next run`);
}
