/** People who look at lists of jobs, several at once, each page some time after the one before. */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { answer } from "../support/program.ts";

export type Visits = typeof visits;

interface Given {
  port: number;
  cookie: string;
  paths: string[];
  people: number;
  /** Between an answer and the next question, ms. */
  pauseMs: number;
  /** How often each path is asked for. */
  times: number;
}

const visits = answer({
  /** @returns what each answer took, ms, by path */
  async look(given: Given): Promise<Record<string, number[]>> {
    const took: Record<string, number[]> = {};
    const all = Array.from({ length: given.times }, () => given.paths).flat();
    const agent = new Agent({ keepAlive: true });
    const person = async () => {
      for (let path = all.pop(); path; path = all.pop()) {
        const startedAt = performance.now();
        await ask(agent, given, path);
        const each = performance.now() - startedAt;
        took[path] = [...(took[path] ?? []), each];
        await sleep(given.pauseMs);
      }
    };
    await Promise.all(Array.from({ length: given.people }, person));
    agent.destroy();
    return took;
  },
});

/** @throws where the answer is not 200 */
function ask(agent: Agent, { port, cookie }: Given, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // As a page of ours asks; the JSON interface takes a cookie from nobody else.
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    const options = { agent, port, path, host: "127.0.0.1", headers };
    const asked = request(options, (response) => {
      if (response.statusCode !== 200) {
        return void reject(new Error(`${path} was answered with ${response.statusCode}`));
      }
      response.on("end", resolve);
      response.resume();
    });
    asked.on("error", reject);
    asked.end();
  });
}
