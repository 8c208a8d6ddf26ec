/**
 * An account with an owner and two members, one of whom has created everything, and an outsider with
 * an account of their own. All that the creator has contains a secret.
 */
import { v7 as uuidv7 } from "uuid";
import bulkCancel from "../../../jobs/bulk_cancel.ts";
import { createToken } from "../../../server/accounts/api-tokens.ts";
import type { Catalog } from "../../../server/catalog.ts";
import { pause } from "../../../server/engine/pause.ts";
import { createSchedule } from "../../../server/engine/schedules/create-schedule.ts";
import { start } from "../../../server/engine/start/start.ts";
import type { Kind } from "../../../server/job.ts";
import { saveUpload } from "../../../server/storage/uploads.ts";
import { insertContacts } from "../../contacts/insert-contacts.ts";
import confidential from "../../sample-kinds/confidential.ts";
import type { TestBackend } from "../../support/backends.ts";
import { csrfTokenOf } from "../../support/cookie-browser.ts";
import { readJob } from "../../support/job-row.ts";
import { openSite, type Site } from "../../support/site.ts";

export const secret = "marzipan-7f3a";
/** Of everybody. */
export const password = "analytical engine";

const catalog: Catalog = new Map(
  Object.entries({
    confidential: confidential as unknown as Kind,
    bulk_cancel: bulkCancel as unknown as Kind,
  }),
);

export const names = ["creator", "owner", "colleague", "outsider"] as const;
export type Name = (typeof names)[number];

type Member = Awaited<ReturnType<Site["join"]>>;

export interface Actor extends Member {
  /** For a `Cookie` header. */
  cookie: string;
  /** The CSRF token of the session. */
  csrf: string;
  /** An API token. */
  token: string;
}

export type JobState = "queued" | "paused" | "scheduled" | "finished";

export interface World extends Record<Name, Actor> {
  site: Site;
  /** Creates an upload, whose name is the secret if it is the creator's. @returns its id */
  upload(person: Actor): Promise<string>;
  /** Creates a job of the creator. @returns its id */
  job(state: JobState): Promise<string>;
  /** Creates a schedule of the creator. @returns its id */
  schedule(): Promise<string>;
  /** Creates a contact in the creator's account. */
  contact(): Promise<{ id: number; email: string; updatedAt: string }>;
  /** Signs the creator in once more. @returns the new session, for a request that ends it */
  anotherSession(): Promise<Pick<Actor, "cookie" | "csrf"> & { id: string }>;
  /** Signs up somebody whose session may end. */
  guest(): Promise<Pick<Actor, "cookie" | "csrf">>;
  /** Creates a passkey of the creator. @returns its id */
  passkey(): Promise<string>;
  /** Deletes the jobs, uploads and contacts of everybody. */
  clear(): Promise<void>;
  /** Everything that belongs to the creator, and the contacts of the account, as text. */
  snapshot(): Promise<string>;
  close(): Promise<void>;
}

export async function createWorld(which: TestBackend): Promise<World> {
  const site = await openSite(which, catalog);
  const { backend, accounts, storage } = site;
  const { db } = backend;
  const owner = await actor(site, "owner");
  const creator = await actor(site, "creator", owner.accountId);
  const colleague = await actor(site, "colleague", owner.accountId);
  const outsider = await actor(site, "outsider");
  const { userId, accountId } = creator;
  let contacts = 0;
  let guests = 0;

  async function upload(person: Actor): Promise<string> {
    const word = person === creator ? secret : "word";
    const chunks = (async function* () {
      yield Buffer.from(`word\n${word}\n`);
    })();
    const { userId, accountId } = person;
    const target = { backend, storage, maxBytes: 1_000_000 };
    const file = { accountId, userId, name: `${word}.csv`, mediaType: "text/csv", chunks };
    return (await saveUpload(target, file)).id;
  }

  return {
    ...{ site, owner, creator, colleague, outsider, upload },

    async job(state) {
      const input = { upload_id: await upload(creator), note: secret };
      const runAt = state === "scheduled" ? backend.now() + 3_600_000 : undefined;
      const request = { kind: "confidential", input, userId, accountId, runAt };
      const { id } = (await start(backend, catalog, request)).job;
      if (state === "paused") await pause({ backend }, id, userId);
      if (state !== "finished") return id;
      // Before the jobs that other requests have left in the queue.
      await db.updateTable("jobs").set({ priority: -1_000_000 }).where("id", "=", id).execute();
      await site.runNext();
      const { status } = await readJob(backend, id);
      if (status !== "done") throw new Error(`The job is ${status}`);
      return id;
    },

    async schedule() {
      const input = { upload_id: await upload(creator), note: secret };
      const request = { kind: "confidential", input, userId, accountId };
      const times = { repeats: "monthly", timeZone: "UTC", maxSchedules: 10_000 };
      const uploadsOf = { accountId };
      return (await createSchedule(backend, catalog, { ...request, ...times, uploadsOf })).id;
    },

    async contact() {
      const email = `${secret}-${++contacts}@x.example`;
      await insertContacts(backend, [{ email, company: secret }], { accountId });
      const row = db.selectFrom("contacts").select(["id", "updated_at"]).where("email", "=", email);
      const { id, updated_at } = await row.executeTakeFirstOrThrow();
      return { id, email, updatedAt: String(updated_at) };
    },

    async anotherSession() {
      const account = { email: "creator@example.com", password };
      const client = { address: "203.0.113.9", userAgent: "another" };
      const signedIn = await accounts.signIn(account, client);
      const cookie = signedIn!.cookies.map((each) => each.split(";")[0]).join("; ");
      const { sessionId } = (await accounts.authenticate(new Headers({ cookie })))!;
      return { cookie, csrf: await csrfOf(site, cookie), id: sessionId! };
    },

    guest: () => actor(site, `guest-${++guests}`),

    async passkey() {
      const id = uuidv7();
      const row = { id, name: secret, publicKey: "", userId, credentialID: id, counter: 0 };
      await db
        .withTables<{ passkeys: Record<string, unknown> }>()
        .insertInto("passkeys")
        .values({ ...row, deviceType: "", backedUp: which.name === "sqlite" ? 0 : false })
        .execute();
      return id;
    },

    async clear() {
      for (const table of [
        "schedules",
        "jobs",
        "uploads",
        "partial_uploads",
        "contacts",
      ] as const) {
        await db.deleteFrom(table).execute();
      }
    },

    async snapshot() {
      const ids = db.selectFrom("jobs").select("id").where("user_id", "=", userId);
      const parts: Record<string, unknown> = {
        jobs: db.selectFrom("jobs").selectAll().where("user_id", "=", userId).orderBy("id"),
        events: db.selectFrom("job_events").selectAll().where("job_id", "in", ids),
        audit: db.selectFrom("job_audit_entries").selectAll().where("job_id", "in", ids),
        files: db.selectFrom("files").selectAll().where("job_id", "in", ids).orderBy("id"),
        schedules: db.selectFrom("schedules").selectAll().where("user_id", "=", userId),
        uploads: db.selectFrom("uploads").selectAll().where("user_id", "=", userId),
        partial: db.selectFrom("partial_uploads").selectAll().where("user_id", "=", userId),
        preferences: db.selectFrom("preferences").selectAll().where("user_id", "=", userId),
        contacts: db.selectFrom("contacts").selectAll().where("account_id", "=", accountId),
        edits: db.selectFrom("contact_edits").selectAll().where("account_id", "=", accountId),
        // Using a token changes the time of its last use.
        tokens: db.selectFrom("api_tokens").select("id").where("user_id", "=", userId),
        passkeys: db
          .withTables<{ passkeys: { id: string; userId: string } }>()
          .selectFrom("passkeys")
          .select("id")
          .where("userId", "=", userId),
        sessions: db
          .withTables<{ sessions: { id: string; userId: string } }>()
          .selectFrom("sessions")
          .select("id")
          .where("userId", "=", userId),
      };
      const rows: Record<string, string[]> = {};
      for (const [name, query] of Object.entries(parts)) {
        const found = await (query as { execute(): Promise<unknown[]> }).execute();
        rows[name] = found.map((row) => JSON.stringify(row)).sort();
      }
      return JSON.stringify(rows);
    },

    close: () => site.close(),
  };
}

/** @param accountId the account of which the person becomes a member; default: one of their own */
async function actor(site: Site, name: string, accountId?: string): Promise<Actor> {
  const person = await site.join(name);
  if (accountId) {
    await site.backend.db
      .updateTable("members")
      .set({ account_id: accountId, role: "member" })
      .where("user_id", "=", person.userId)
      .execute();
  }
  const label = name === "creator" ? secret : name;
  const token = await createToken(site.backend, person.userId, label);
  const cookie = [...person.browser.cookies].map(([key, value]) => `${key}=${value}`).join("; ");
  const csrf = await csrfOf(site, cookie);
  return { ...person, accountId: accountId ?? person.accountId, cookie, csrf, token };
}

async function csrfOf({ app }: Site, cookie: string): Promise<string> {
  const page = await app.request("/jobs/new", { headers: { cookie, host: "localhost" } });
  return csrfTokenOf(await page.text());
}
