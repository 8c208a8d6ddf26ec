/** Serves the JSON API for tests, with people who have API tokens. Runs jobs on demand. */
import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import { serve } from "@hono/node-server";
import type { Accounts } from "../../server/accounts/accounts.ts";
import type { Person } from "../../server/accounts/person.ts";
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import type { Config } from "../../server/config.ts";
import { execute } from "../../server/engine/run/execute.ts";
import { createExecutor } from "../../server/executor.ts";
import type { SseResponses } from "../../server/live/sse-response.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { catalog } from "../sample-kinds/api-catalog.ts";
import { openTestBackend, type TestBackend } from "./backends.ts";
import { createWebApp } from "./web-app.ts";

const client = { address: "203.0.113.7", userAgent: "test" };

export interface Api {
  url: string;
  backend: Backend;
  accounts: Accounts;
  streams: SseResponses;
  storage: Storage;
  /** The latest response of the server. */
  response(): ServerResponse;
  /** Signs up a person with an account and an API token of their own. */
  join(name: string): Promise<Member>;
  /** Claims the next due job and runs it to its end. */
  runNext(abort?: AbortController): Promise<void>;
  job(id: string): Promise<JobRow>;
  close(): Promise<void>;
}

export interface Member extends Person {
  token: string;
  /** For a `Cookie` header. */
  cookie: string;
  /** Sends a request with the token to a path below `/api`. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Posts JSON. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** @returns the new job's id */
  start(type: string, metadata?: object): Promise<string>;
}

/** @param config values that an environment variable cannot set */
export async function apiServer(which: TestBackend, config?: Partial<Config>): Promise<Api> {
  const database = await openTestBackend(which);
  const { backend } = database;
  const settings = { UPLOAD_LIMIT_MB: "1", NODE_ENV: "" };
  const web = createWebApp(database, { settings, config, catalog });
  const { accounts, log, storage, streams } = web.services;
  const server = serve({ fetch: web.app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
  if (!server.listening) await once(server, "listening");
  let newest: ServerResponse;
  server.prependListener("request", (_request, response: ServerResponse) => {
    newest = response;
  });
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;

  async function join(name: string): Promise<Member> {
    const account = { name, email: `${name}@example.com`, password: "analytical engine" };
    const signedIn = await accounts.signUp(account, client);
    const cookie = signedIn!.cookies.map((each) => each.split(";")[0]).join("; ");
    const token = await accounts.createToken(signedIn!.user.id, "test");
    const person = await accounts.authenticateToken(token);
    const member: Member = {
      ...person!,
      token,
      cookie,
      send(path, init = {}) {
        const headers = new Headers(init.headers);
        headers.set("authorization", `Bearer ${member.token}`);
        return fetch(`${url}/api${path}`, { ...init, headers });
      },
      post(path, body, headers = {}) {
        const type = { "content-type": "application/json" };
        const json = body === undefined ? {} : { body: JSON.stringify(body) };
        const all = body === undefined ? headers : { ...type, ...headers };
        return member.send(path, { method: "POST", headers: all, ...json });
      },
      async start(type, metadata = {}) {
        const answer = await member.post("/jobs/start", { type, metadata });
        const { job_id } = (await answer.json()) as { job_id: string };
        return job_id;
      },
    };
    return member;
  }

  return {
    url,
    backend,
    accounts,
    streams,
    storage,
    response: () => newest,
    join,
    async runNext(abort = new AbortController()) {
      const row = await backend.queue.claim("worker-1");
      if (!row) throw new Error("No job is due");
      const executor = createExecutor({ backend, storage, catalog, log });
      await execute(executor, row, abort);
    },
    job: (id) =>
      backend.db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow(),
    async close() {
      server.closeAllConnections();
      server.close();
      web.close();
      await database.close();
    },
  };
}
