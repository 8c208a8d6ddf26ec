/** A person who has signed up, with a session cookie and an API token. */
import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Application } from "./application.ts";

const root = join(import.meta.dirname, "../..");
const email = "ada@example.com";
const password = "analytical engine";

export interface Person {
  cookie: string;
  /** For `Authorization: Bearer`. */
  token: string;
  upload(path: string): Promise<string>;
  /** @returns the job's id */
  start(kind: string, input: Record<string, unknown>): Promise<string>;
  /** Resolves once the job is done. @throws if it failed */
  finished(id: string): Promise<void>;
  /** Resolves once the job runs. */
  running(id: string): Promise<void>;
}

interface Job {
  status: string;
  error_message: string | null;
}

export async function signUp(application: Application): Promise<Person> {
  const { url } = application;
  const cookie = await submitSignUp(url);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["server/commands/token.ts", email],
    { cwd: root, env: application.env },
  );
  const token = stdout.trim();

  async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const answer = await fetch(`${url}/api${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async function until(id: string, isMet: (job: Job) => boolean): Promise<void> {
    for (;;) {
      const job = await ask<Job>(`/jobs/${id}`);
      if (isMet(job)) return;
      if (job.error_message) throw new Error(`The job failed: ${job.error_message}`);
      await sleep(20);
    }
  }

  return {
    cookie,
    token,
    async upload(path) {
      const answer = await ask<{ upload_id: string }>("/uploads?name=people.csv", {
        method: "POST",
        headers: { "content-type": "text/csv", "content-length": String((await stat(path)).size) },
        body: Readable.toWeb(createReadStream(path)) as ReadableStream,
        duplex: "half",
      });
      return answer.upload_id;
    },
    async start(kind, input) {
      const { job_id } = await ask<{ job_id: string }>("/jobs/start", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ type: kind, metadata: input }),
      });
      return job_id;
    },
    finished: (id) => until(id, (job) => job.status === "done"),
    running: (id) => until(id, (job) => job.status === "running"),
  };
}

async function submitSignUp(url: string): Promise<string> {
  const page = await fetch(`${url}/sign-up`);
  const token = /name="token" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  const answer = await fetch(`${url}/sign-up`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: cookiesOf(page) },
    body: new URLSearchParams({ token, name: "Ada", email, password }),
  });
  if (answer.status !== 303) throw new Error(`Signing up was answered with ${answer.status}`);
  return cookiesOf(answer);
}

function cookiesOf(answer: Response): string {
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!);
  return cookies.join("; ");
}
