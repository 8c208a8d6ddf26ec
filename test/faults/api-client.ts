/** An API client with a token of the demo account. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { finalStatuses, isFinal } from "../../server/engine/status.ts";
import type { JobJson } from "../../server/routes/api/job-schema.ts";
import { messagesOf } from "../routes/api/event-reader.ts";
import { commandIn, environment, type Place } from "../support/application.ts";

const command = join(import.meta.dirname, "../../server/commands/token.ts");

export async function createClient(url: string, place: Place) {
  const [program, ...args] = commandIn(place, command);
  const printed = await promisify(execFile)(program, [...args, demoAccount.email], {
    env: { ...process.env, ...environment(place, {}) },
  });
  const authorization = `Bearer ${printed.stdout.trim()}`;

  return {
    /** For a header. */
    authorization,
    async upload(name: string, body: string | Uint8Array<ArrayBuffer>, to = url): Promise<string> {
      const response = await fetch(`${to}/api/uploads?name=${name}`, {
        method: "POST",
        headers: { authorization, "content-type": "text/csv" },
        body,
      });
      return (await readJson(response)).upload_id as string;
    },
    /** @param to another address of the application */
    async start(type: string, metadata: object, key: string, to = url): Promise<string> {
      const response = await fetch(`${to}/api/jobs/start`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ type, metadata }),
      });
      return (await readJson(response)).job_id as string;
    },
    /** @returns the job as the API tells it */
    async job(id: string): Promise<JobJson> {
      const response = await fetch(`${url}/api/jobs/${id}`, { headers: { authorization } });
      return (await readJson(response)) as JobJson;
    },
    /** Waits until the job meets the condition. @throws with its last state after `ms` */
    async until(id: string, isMet: (job: JobJson) => boolean, ms = 120_000): Promise<JobJson> {
      for (const deadline = Date.now() + ms; ; await sleep(50)) {
        const job = await this.job(id);
        if (isMet(job)) return job;
        if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${JSON.stringify(job)}`);
      }
    },
    /** Waits until the job has finished. */
    ended(id: string, ms?: number): Promise<JobJson> {
      return this.until(id, ({ status }) => isFinal(status), ms);
    },
    async act(id: string, action: "cancel" | "pause" | "resume", to = url): Promise<void> {
      const path = `${to}/api/jobs/${id}/${action}`;
      await readJson(await fetch(path, { method: "POST", headers: { authorization } }));
    },
    /**
     * Follows the job's events as an EventSource does, and reconnects with `Last-Event-ID`.
     * @returns the numbers of the events in the order of their arrival, once the job has finished
     */
    async follow(id: string): Promise<number[]> {
      const seen: number[] = [];
      for (let finished = false; !finished; await sleep(200)) {
        const last = String(seen.at(-1) ?? 0);
        const headers = { authorization, accept: "text/event-stream", "last-event-id": last };
        try {
          const response = await fetch(`${url}/api/jobs/${id}/events`, { headers });
          for await (const { data } of messagesOf(response)) {
            seen.push(data.seq);
            finished = (finalStatuses as string[]).includes(data.type);
          }
        } catch {
          // The web process is down for a while.
        }
      }
      return seen;
    },
  };
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  const answer = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${answer}`);
  return JSON.parse(answer);
}
