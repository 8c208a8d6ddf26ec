/** A program that uses the application over HTTP, with a token of the demo account. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { demo } from "../../server/accounts/demo.ts";
import { environment, type Place } from "../support/application.ts";

const command = join(import.meta.dirname, "../../server/commands/token.ts");

export async function createClient(url: string, place: Place) {
  const printed = await promisify(execFile)(process.execPath, [command, demo.email], {
    env: { ...process.env, ...environment(place, {}) },
  });
  const authorization = `Bearer ${printed.stdout.trim()}`;

  return {
    async upload(name: string, body: string): Promise<string> {
      const response = await fetch(`${url}/api/uploads?name=${name}`, {
        method: "POST",
        headers: { authorization, "content-type": "text/csv" },
        body,
      });
      return (await answerOf(response)).upload_id as string;
    },
    /** @param to where the application is now, if it moved */
    async start(type: string, metadata: object, key: string, to = url): Promise<string> {
      const response = await fetch(`${to}/api/jobs/start`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ type, metadata }),
      });
      return (await answerOf(response)).job_id as string;
    },
  };
}

async function answerOf(response: Response): Promise<Record<string, unknown>> {
  const answer = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${answer}`);
  return JSON.parse(answer);
}
