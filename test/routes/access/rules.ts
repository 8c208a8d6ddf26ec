/**
 * Who may use each route of the application. A test compares the table with the routes, so that a new
 * one fails until its rule is written here.
 */
import { createToken, listTokens } from "../../../server/accounts/api-tokens.ts";
import { pauseSchedule } from "../../../server/engine/schedules/change-schedule.ts";
import { createFileLink } from "../../../server/storage/file-links.ts";
import { secret as linkSecret } from "../../support/web-app.ts";
import { type Actor, type Name, password, secret, type World } from "./world.ts";

/** A request as far as it does not depend on who sends it. */
export interface Ask {
  path: string;
  headers?: Record<string, string>;
  /** Fields of a form; the CSRF token of the sender is added. */
  form?: Record<string, string>;
  json?: unknown;
  /** The content of the file of a form. */
  file?: string;
  body?: string;
  /** With which the creator sends it, in place of their own. */
  session?: Pick<Actor, "cookie" | "csrf">;
  /** A text beside the secret that only those may read for whom the request has an effect. */
  hidden?: string;
}

/** The people for whom the request has an effect. The others must get and change nothing. */
const audiences = {
  /** Who has created it, and the owner of the account. */
  job: ["creator", "owner"],
  account: ["creator", "owner", "colleague"],
  creator: ["creator"],
} as const satisfies Record<string, readonly Name[]>;

export interface Rule {
  who: readonly Name[];
  /**
   * What the effect is: the answer contains the secret, or something of the creator or of the
   * account changes. `answers`: the answer alone, which says nothing about anybody.
   */
  effect: "shows" | "changes" | "answers";
  /** How other people are answered: with an error, or as if the creator had nothing. */
  others: "refused" | "answered";
  /** Whether other people send it too; default yes. */
  isSentByOthers?: boolean;
  /** Whether those for whom it has an effect send it too; default yes. */
  isSentByAudience?: boolean;
  /** @param sender who sends the request, the creator if nobody is signed in */
  ask(world: World, sender: Actor): Promise<Ask> | Ask;
}

/** Routes that need no session and know nothing of anybody. */
export const publicRoutes: readonly string[] = [
  "GET /up",
  "GET /ready",
  "GET /sign-in",
  "POST /sign-in",
  "POST /sign-in/demo",
  "GET /sign-in/code",
  "POST /sign-in/code",
  "POST /sign-in/passkey/options",
  "POST /sign-in/passkey",
  "GET /sign-up",
  "POST /sign-up",
  "GET /api/openapi.json",
];

type Effect = Rule["effect"];
type State = Parameters<World["job"]>[0];

/** A route below `/jobs/:id`, which others may not use. @param rest path and query behind the id */
function ofJob(effect: Effect, state: State, rest = "", more: Omit<Ask, "path"> = {}): Rule {
  return {
    ...{ who: audiences.job, others: "refused", effect },
    ask: async (world) => ({ path: `/jobs/${await world.job(state)}${rest}`, ...more }),
  };
}

function ofJobInApi(effect: Effect, state: State, rest = "", more: Omit<Ask, "path"> = {}): Rule {
  const rule = ofJob(effect, state, rest, more);
  return {
    ...rule,
    async ask(world, sender) {
      const ask = await rule.ask(world, sender);
      return { ...ask, path: `/api${ask.path}` };
    },
  };
}

/** A route below `/schedules/:id`, which others may not use. @param rest path and query behind the id */
function ofSchedule(effect: Effect, rest = "", more: Omit<Ask, "path"> = {}, prefix = ""): Rule {
  return {
    ...{ who: audiences.job, others: "refused", effect },
    ask: async (world) => ({
      path: `${prefix}/schedules/${await world.schedule()}${rest}`,
      ...more,
    }),
  };
}

/** A route that names one contact. @param path of the contact with this id */
function ofContact(
  effect: Effect,
  path: (id: number) => string,
  more: Omit<Ask, "path"> = {},
): Rule {
  return {
    ...{ who: audiences.account, others: "refused", effect },
    async ask(world) {
      const { id, email, updatedAt } = await world.contact();
      const form = more.form && { email, updated_at: updatedAt, ...more.form };
      return { path: path(id), ...more, ...(form && { form }) };
    },
  };
}

/** A route that serves everybody who is signed in, each with their own things. */
function own(effect: Effect, ask: Rule["ask"]): Rule {
  return { who: audiences.creator, others: "answered", effect, ask };
}

/** A route that ends sessions of its sender, and is therefore sent by somebody who is not needed again. */
function ofGuest(ask: Ask): Rule {
  return {
    ...own("answers", async (world) => ({ ...ask, session: await world.guest() })),
    isSentByOthers: false,
  };
}

const tus = { "tus-resumable": "1.0.0" };
const chunk = { ...tus, "content-type": "application/offset+octet-stream" };

/** A route of a resumable upload, of which nothing is stored yet. */
function ofUpload(effect: Effect, more: Omit<Ask, "path">): Rule {
  return {
    ...{ who: audiences.job, others: "refused", effect },
    async ask({ site, creator }) {
      const metadata = `filename ${Buffer.from(`${secret}.csv`).toString("base64")}`;
      const headers = {
        ...{ ...tus, "upload-length": "4", "upload-metadata": metadata },
        authorization: `Bearer ${creator.token}`,
      };
      const init = { method: "POST", headers };
      const answer = await site.app.request("/api/uploads/resumable", init, {});
      return { path: new URL(answer.headers.get("location")!, "http://x").pathname, ...more };
    },
  };
}

/** "POST /jobs/:id/cancel": each request that is sent to it. */
export const rules: Readonly<Record<string, readonly Rule[]>> = {
  "POST /sign-out": [
    {
      ...own("changes", async (world) => ({
        ...{ path: "/sign-out", form: {}, session: await world.anotherSession() },
      })),
      // It would end their own session.
      isSentByOthers: false,
    },
  ],
  "GET /": [own("answers", () => ({ path: "/" }))],

  "GET /jobs": [
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      ask: async (world) => {
        await world.job("queued");
        return { path: "/jobs?scope=account" };
      },
    },
  ],
  "POST /jobs": [
    {
      ...{ who: audiences.job, effect: "changes", others: "answered" },
      // The job from which the form was prefilled records it.
      ask: async (world, sender) => {
        const from_job = await world.job("finished");
        const upload_id = await world.upload(sender);
        const form = { type: "confidential", from_job, upload_id, note: "mine", anyway: "1" };
        return { path: "/jobs", form };
      },
    },
  ],
  "GET /jobs/new": [own("answers", () => ({ path: "/jobs/new" }))],
  "GET /jobs/new/:type": [
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      ask: async (world) => {
        return { path: `/jobs/new/confidential?from_job=${await world.job("finished")}` };
      },
    },
  ],
  "POST /jobs/new/:type": [
    own("answers", async (world) => {
      const form = { from_job: await world.job("finished"), note: "mine" };
      return { path: "/jobs/new/confidential", form };
    }),
  ],
  "POST /jobs/bulk": [
    {
      ...{ who: audiences.job, effect: "changes", others: "answered" },
      ask: async (world) => {
        const form = { action: "cancel", ids: await world.job("queued") };
        return { path: "/jobs/bulk", form };
      },
    },
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      ask: async (world) => {
        const form = { action: "download", ids: await world.job("finished") };
        return { path: "/jobs/bulk", form };
      },
    },
  ],
  "GET /jobs/bulk": [own("answers", () => ({ path: "/jobs/bulk?action=cancel&scope=account" }))],
  "POST /jobs/bulk/all": [
    own("changes", ({ site }) => {
      const form = { action: "cancel", scope: "account", until: String(site.backend.now()) };
      return { path: "/jobs/bulk/all", form };
    }),
  ],

  "GET /jobs/:id": [ofJob("shows", "finished")],
  "GET /jobs/:id/viewer": [ofJob("shows", "finished", "/viewer")],
  "POST /jobs/:id/cancel": [ofJob("changes", "queued", "/cancel", { form: {} })],
  "POST /jobs/:id/pause": [ofJob("changes", "queued", "/pause", { form: {} })],
  "POST /jobs/:id/resume": [ofJob("changes", "paused", "/resume", { form: {} })],
  "POST /jobs/:id/start-now": [ofJob("changes", "scheduled", "/start-now", { form: {} })],
  "GET /jobs/:id/reschedule": [ofJob("shows", "scheduled", "/reschedule")],
  "POST /jobs/:id/reschedule": [
    ofJob("changes", "scheduled", "/reschedule", { form: { when: "tomorrow" } }),
  ],
  "POST /jobs/:id/retry": [ofJob("changes", "finished", "/retry", { form: { anyway: "1" } })],
  "POST /jobs/:id/retry-rejected": [
    ofJob("changes", "finished", "/retry-rejected", { form: { anyway: "1" } }),
  ],
  "GET /jobs/:id/follow-ups/:name": [ofJob("shows", "finished", "/follow-ups/publish")],
  "POST /jobs/:id/follow-ups/:name": [
    ofJob("changes", "finished", "/follow-ups/publish", { form: {} }),
  ],
  "GET /jobs/:id/rejected-rows": [ofJob("shows", "finished", "/rejected-rows")],
  "POST /jobs/:id/rejected-rows": [
    ofJob("changes", "finished", "/rejected-rows", { form: { "cell-0-0": "mended" } }),
  ],
  "GET /jobs/:id/result": [ofJob("answers", "finished", "/result")],
  "GET /jobs/:id/results.zip": [ofJob("shows", "finished", "/results.zip")],
  "GET /jobs/:id/log": [ofJob("shows", "finished", "/log")],
  "GET /jobs/:id/output": [ofJob("shows", "finished", "/output")],
  "GET /jobs/:id/tail": [ofJob("shows", "finished", "/tail")],
  "GET /live": [
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      ask: async (world) => ({ path: `/live?topics=job:${await world.job("finished")}` }),
    },
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      ask: async (world) => ({ path: `/live?topics=row:${await world.job("queued")}` }),
    },
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      ask: async (world) => {
        const since = world.site.backend.now() - 1;
        return { path: `/live?topics=jobs:account:${since}`, hidden: await world.job("queued") };
      },
    },
  ],

  "GET /schedules": [
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      async ask(world) {
        return { path: "/schedules", hidden: await world.schedule() };
      },
    },
  ],
  "POST /schedules/new": [
    own("answers", async (world, sender) => {
      const upload_id = await world.upload(sender);
      const form = { type: "confidential", upload_id, note: "mine", repeats: "monthly" };
      return { path: "/schedules/new", form };
    }),
  ],
  "POST /schedules": [
    own("changes", async (world, sender) => {
      const upload_id = await world.upload(sender);
      const form = { type: "confidential", upload_id, note: "mine", repeats: "monthly" };
      return { path: "/schedules", form };
    }),
  ],
  "GET /schedules/:id": [ofSchedule("shows")],
  "POST /schedules/:id/pause": [ofSchedule("changes", "/pause", { form: {} })],
  "POST /schedules/:id/resume": [
    {
      ...ofSchedule("changes"),
      async ask(world) {
        const id = await world.schedule();
        await pauseSchedule(world.site.backend, id, world.creator.userId);
        return { path: `/schedules/${id}/resume`, form: {} };
      },
    },
  ],
  "POST /schedules/:id/run": [ofSchedule("changes", "/run", { form: {} })],
  "POST /schedules/:id/delete": [ofSchedule("changes", "/delete", { form: {} })],
  "GET /schedules/:id/edit": [ofSchedule("shows", "/edit")],
  "POST /schedules/:id/edit": [
    ofSchedule("changes", "/edit", {
      form: { repeats: "yearly", time_zone: "UTC", version: "1" },
    }),
  ],

  "GET /api/schedules": [
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      async ask(world) {
        return { path: "/api/schedules", hidden: await world.schedule() };
      },
    },
  ],
  "POST /api/schedules": [
    own("changes", async (world, sender) => {
      const metadata = { upload_id: await world.upload(sender), note: "mine" };
      return {
        path: "/api/schedules",
        json: { type: "confidential", metadata, repeats: "monthly" },
      };
    }),
  ],
  "GET /api/schedules/:id": [ofSchedule("shows", "", {}, "/api")],
  "PATCH /api/schedules/:id": [ofSchedule("changes", "", { json: { repeats: "yearly" } }, "/api")],
  "DELETE /api/schedules/:id": [ofSchedule("changes", "", {}, "/api")],
  "GET /api/schedules/:id/runs": [ofSchedule("answers", "/runs", {}, "/api")],
  "GET /api/schedules/:id/events": [ofSchedule("answers", "/events", {}, "/api")],
  "POST /api/schedules/:id/pause": [ofSchedule("changes", "/pause", { json: {} }, "/api")],
  "POST /api/schedules/:id/resume": [ofSchedule("answers", "/resume", { json: {} }, "/api")],
  "POST /api/schedules/:id/run": [ofSchedule("changes", "/run", { json: {} }, "/api")],

  "GET /files/:id": [
    {
      ...{ who: audiences.creator, effect: "shows", others: "refused" },
      async ask(world) {
        const { backend } = world.site;
        const files = backend.db.selectFrom("files").select("id").where("role", "=", "result");
        const mine = files.where("job_id", "=", await world.job("finished"));
        const { id } = await mine.executeTakeFirstOrThrow();
        return { path: createFileLink(linkSecret, id, world.creator.userId, backend.now()) };
      },
    },
  ],
  "GET /uploads": [own("answers", () => ({ path: "/uploads?type=confidential" }))],
  "POST /uploads": [
    own("changes", () => ({ path: "/uploads?type=confidential", form: {}, file: "word\n" })),
  ],

  "GET /contacts": [
    {
      ...{ who: audiences.account, effect: "shows", others: "answered" },
      async ask(world) {
        await world.contact();
        return { path: "/contacts" };
      },
    },
    {
      ...{ who: audiences.job, effect: "answers", others: "refused" },
      ask: async (world) => ({ path: `/contacts?job=${await world.job("finished")}` }),
    },
  ],
  "GET /contacts/:id": [ofContact("shows", (id) => `/contacts/${id}`)],
  "POST /contacts/:id/tags": [
    ofContact("changes", (id) => `/contacts/${id}/tags`, { form: { add: "VIP" } }),
  ],
  "GET /contacts/:id/edit": [ofContact("shows", (id) => `/contacts/${id}/edit`)],
  "POST /contacts/:id/edit": [
    ofContact("changes", (id) => `/contacts/${id}/edit`, { form: { first_name: "Eve" } }),
  ],
  "GET /contacts/:id/delete": [ofContact("shows", (id) => `/contacts/${id}/delete`)],
  "POST /contacts/:id/delete": [
    ofContact("changes", (id) => `/contacts/${id}/delete`, { form: {} }),
  ],

  "GET /settings": [own("answers", () => ({ path: "/settings" }))],
  "GET /settings/security": [own("answers", () => ({ path: "/settings/security" }))],
  "GET /settings/tokens": [own("shows", () => ({ path: "/settings/tokens" }))],
  "GET /settings/activity": [
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      async ask({ site, creator: { userId } }) {
        const client = { address: "", userAgent: "" };
        const event = { type: "passkey_added", userId, client, details: { name: secret } } as const;
        await site.accounts.securityLog.record(event);
        return { path: "/settings/activity" };
      },
    },
  ],
  "POST /settings/preferences": [
    own("changes", () => ({ path: "/settings/preferences", form: { time_zone: "Europe/Berlin" } })),
  ],
  "POST /settings/sound": [
    own("changes", () => ({ path: "/settings/sound", form: { sound: "on" } })),
  ],
  "POST /settings/tokens": [
    own("changes", () => ({ path: "/settings/tokens", form: { name: "laptop", password } })),
  ],
  "POST /settings/password": [
    ofGuest({ path: "/settings/password", form: { current: password, next: "difference engine" } }),
  ],
  "POST /settings/sessions/revoke-others": [
    ofGuest({ path: "/settings/sessions/revoke-others", form: {} }),
  ],
  ...Object.fromEntries(
    ["set-up", "recovery-codes", "disable", "confirm"].flatMap((name) => {
      const path = `/settings/two-factor/${name}`;
      return [
        [`GET ${path}`, [own("answers", () => ({ path }))]],
        [`POST ${path}`, [own("answers", () => ({ path, form: { password } }))]],
      ];
    }),
  ),
  "GET /settings/passkeys/new": [own("answers", () => ({ path: "/settings/passkeys/new" }))],
  "POST /settings/passkeys/options": [
    own("answers", () => ({ path: "/settings/passkeys/options", form: { password } })),
  ],
  "POST /settings/passkeys": [
    {
      ...own("changes", () => ({ path: "/settings/passkeys", form: { response: "{}" } })),
      // `test/e2e/second-factors.test.ts` has the answer of a real browser.
      isSentByAudience: false,
    },
  ],
  "POST /settings/passkeys/:id/remove": [
    {
      ...{ who: audiences.creator, effect: "changes", others: "refused" },
      ask: async (world) => ({
        ...{ path: `/settings/passkeys/${await world.passkey()}/remove`, form: {} },
      }),
    },
  ],
  "POST /settings/sessions/:id/revoke": [
    {
      ...{ who: audiences.creator, effect: "changes", others: "refused" },
      async ask(world) {
        const { id } = await world.anotherSession();
        return { path: `/settings/sessions/${id}/revoke`, form: {} };
      },
    },
  ],
  "POST /settings/tokens/:id/revoke": [
    {
      ...{ who: audiences.creator, effect: "changes", others: "refused" },
      async ask({ site, creator }) {
        await createToken(site.backend, creator.userId, "to be revoked");
        const tokens = await listTokens(site.backend, creator.userId);
        const { id } = tokens.find(({ name }) => name === "to be revoked")!;
        return { path: `/settings/tokens/${id}/revoke`, form: {} };
      },
    },
  ],

  "POST /api/uploads": [
    own("changes", () => ({ path: "/api/uploads?name=words.csv", body: "word\n" })),
  ],
  "OPTIONS /api/uploads/resumable": [own("answers", () => ({ path: "/api/uploads/resumable" }))],
  "POST /api/uploads/resumable": [
    own("changes", () => ({
      ...{ path: "/api/uploads/resumable", headers: { ...tus, "upload-length": "4" } },
    })),
  ],
  "GET /api/uploads/resumable/:id": [ofUpload("shows", { headers: tus })],
  "PATCH /api/uploads/resumable/:id": [
    ofUpload("changes", { headers: { ...chunk, "upload-offset": "0" }, body: "word" }),
  ],
  "DELETE /api/uploads/resumable/:id": [ofUpload("changes", { headers: tus })],
  "POST /api/uploads/resumable/:id": [
    ofUpload("changes", { headers: { ...tus, "x-http-method-override": "DELETE" } }),
  ],

  "POST /api/jobs/start": [
    own("changes", async (world, sender) => {
      const metadata = { upload_id: await world.upload(sender), note: "mine" };
      return { path: "/api/jobs/start", json: { type: "confidential", metadata } };
    }),
  ],
  "GET /api/jobs": [
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      ask: async (world) => ({ path: `/api/jobs?ids=${await world.job("queued")}` }),
    },
    {
      ...{ who: audiences.job, effect: "shows", others: "answered" },
      async ask(world) {
        await world.job("queued");
        return { path: "/api/jobs?scope=account" };
      },
    },
  ],
  "GET /api/jobs/:id": [ofJobInApi("shows", "finished")],
  "POST /api/jobs/:id/cancel": [ofJobInApi("changes", "queued", "/cancel", { json: {} })],
  "POST /api/jobs/:id/pause": [ofJobInApi("changes", "queued", "/pause", { json: {} })],
  "POST /api/jobs/:id/resume": [ofJobInApi("changes", "paused", "/resume", { json: {} })],
  "POST /api/jobs/:id/start-now": [ofJobInApi("changes", "scheduled", "/start-now", { json: {} })],
  "POST /api/jobs/:id/reschedule": [
    {
      ...ofJobInApi("changes", "scheduled", "/reschedule"),
      async ask(world) {
        const run_at = new Date(world.site.backend.now() + 7_200_000).toISOString();
        return { path: `/api/jobs/${await world.job("scheduled")}/reschedule`, json: { run_at } };
      },
    },
  ],
  "POST /api/jobs/:id/retry": [
    ofJobInApi("changes", "finished", "/retry", { json: {} }),
    ofJobInApi("changes", "finished", "/retry", { json: { only: "failed" } }),
  ],
  "POST /api/jobs/:id/follow-ups/:name": [
    ofJobInApi("changes", "finished", "/follow-ups/publish", { json: {} }),
  ],
  "GET /api/jobs/:id/events": [ofJobInApi("shows", "finished", "/events")],
  "GET /api/jobs/:id/logs": [ofJobInApi("shows", "finished", "/logs")],
  "GET /api/jobs/:id/audit": [ofJobInApi("answers", "finished", "/audit")],
  "GET /api/contacts": [
    {
      ...{ who: audiences.account, effect: "shows", others: "answered" },
      async ask(world) {
        await world.contact();
        return { path: "/api/contacts" };
      },
    },
    {
      ...{ who: audiences.job, effect: "answers", others: "refused" },
      ask: async (world) => ({ path: `/api/contacts?job=${await world.job("finished")}` }),
    },
  ],
  "GET /api/contacts/:id": [ofContact("shows", (id) => `/api/contacts/${id}`)],
  "PATCH /api/contacts/:id": [
    ofContact("changes", (id) => `/api/contacts/${id}`, { json: { company: "Other" } }),
  ],
  "DELETE /api/contacts/:id": [ofContact("changes", (id) => `/api/contacts/${id}`)],
};
