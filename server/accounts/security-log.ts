/**
 * The security log: what happened to the sign-ins and credentials of people. Each event is a row,
 * which the person and the owners of the account can read, and a line of the process's log. Neither
 * holds a password, a token, a code or the email of somebody unknown, in whose place people sometimes
 * type their password.
 */
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { SecurityEventType } from "../backend/enums.ts";
import type { Log } from "../log.ts";
import type { ClientInfo } from "./client-request.ts";
import { findMembership } from "./members.ts";
import { listUserNames } from "./users.ts";

export interface SecurityEventDetails {
  /** How somebody signed in, or with what they failed to. */
  method?: "password" | "code" | "recovery code" | "passkey";
  /** The name of a token, a passkey, a file or a role. */
  name?: string;
  /** The number of sessions that ended, or of passkeys that an operator removed. */
  count?: number;
}

export interface NewSecurityEvent {
  type: SecurityEventType;
  /** Null if nobody has the email: then the event is only logged. */
  userId: string | null;
  client: ClientInfo;
  details?: SecurityEventDetails;
}

export interface SecurityEvent {
  id: string;
  type: SecurityEventType;
  userId: string;
  userName: string;
  /** Empty if unknown. */
  address: string;
  userAgent: string;
  details: SecurityEventDetails;
  /** Ms since 1970. */
  at: number;
}

export interface SecurityLog {
  /** Never rejects: a failure is logged, and what the event is about has happened already. */
  record(event: NewSecurityEvent): Promise<void>;
  /**
   * Newest first: the events of the person, or of everybody in the account that the person owns.
   * @param before the id of an event, to read on behind it
   */
  list(reader: Reader, limit: number, before?: string): Promise<SecurityEvent[]>;
}

type Reader = { userId: string; accountId: string; role: "owner" | "member" };

const maxUserAgentLength = 300;
const maxNameLength = 200;

export function createSecurityLog(parts: {
  backend: Pick<Backend, "db" | "now">;
  log: Pick<Log, "info" | "error">;
}): SecurityLog {
  const { backend, log } = parts;
  const { db, now } = backend;

  async function insert({ type, userId, client, details }: NewSecurityEvent): Promise<void> {
    const accountId = userId && ((await findMembership(db, userId))?.accountId ?? null);
    const { address } = client;
    const userAgent = singleLine(client.userAgent, maxUserAgentLength);
    const shown = details?.name
      ? { ...details, name: singleLine(details.name, maxNameLength) }
      : details;
    log.info({ type, userId, accountId, address, userAgent, ...shown }, "security event");
    if (!userId) return;
    await db
      .insertInto("security_events")
      .values({
        ...{ id: uuidv7(), user_id: userId, account_id: accountId, type, address },
        ...{ user_agent: userAgent, details: shown ? JSON.stringify(shown) : null },
        created_at: now(),
      })
      .execute();
  }

  return {
    record: (event) =>
      insert(event).catch((error) =>
        log.error({ err: error, type: event.type }, "could not record a security event"),
      ),
    list: (reader, limit, before) => listEvents(backend, reader, limit, before),
  };
}

async function listEvents(
  backend: Pick<Backend, "db">,
  { userId, accountId, role }: Reader,
  limit: number,
  before: string | undefined,
): Promise<SecurityEvent[]> {
  const ofAccount = role === "owner";
  let events = backend.db
    .selectFrom("security_events")
    .selectAll()
    .where(ofAccount ? "account_id" : "user_id", "=", ofAccount ? accountId : userId);
  if (before) events = events.where("id", "<", before);
  const rows = await events.orderBy("id", "desc").limit(limit).execute();
  const names = await listUserNames(
    backend,
    rows.map(({ user_id }) => user_id),
  );
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    userId: row.user_id,
    userName: names.get(row.user_id) ?? "",
    address: row.address,
    userAgent: row.user_agent,
    details: row.details === null ? {} : JSON.parse(row.details),
    at: row.created_at,
  }));
}

/**
 * Deletes up to `limit` events.
 * @param before ms since 1970
 * @returns the number of deleted events
 */
export async function deleteSecurityEvents(
  { db }: Pick<Backend, "db">,
  before: number,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("security_events")
    .where("id", "in", (from) =>
      from
        .selectFrom("security_events")
        .select("id")
        .where("created_at", "<", before)
        .orderBy("created_at")
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Control characters could forge lines and colours where the log is read in a terminal. */
function singleLine(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength)
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .toWellFormed();
}
