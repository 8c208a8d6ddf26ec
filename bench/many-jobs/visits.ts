/** Requests pages in parallel, with a pause after each answer. */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { serveCalls } from "../support/program.ts";

export type Visits = typeof visits;

interface Given {
  port: number;
  cookie: string;
  paths: string[];
  people: number;
  /** The pause between an answer and the next request, ms. */
  pauseMs: number;
  /** The number of requests for each path. */
  times: number;
}

const visits = serveCalls({
  /** @returns the response times by path, ms */
  async measure(given: Given): Promise<Record<string, number[]>> {
    const durations: Record<string, number[]> = {};
    const all = Array.from({ length: given.times }, () => given.paths).flat();
    const agent = new Agent({ keepAlive: true });
    const person = async () => {
      for (let path = all.pop(); path; path = all.pop()) {
        const startedAt = performance.now();
        await ask(agent, given, path);
        const each = performance.now() - startedAt;
        durations[path] = [...(durations[path] ?? []), each];
        await sleep(given.pauseMs);
      }
    };
    await Promise.all(Array.from({ length: given.people }, person));
    agent.destroy();
    return durations;
  },
});

/** @throws where the answer is not 200 */
function ask(agent: Agent, { port, cookie }: Given, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The API accepts cookies only on same-origin requests.
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    const options = { agent, port, path, host: "127.0.0.1", headers };
    const sent = request(options, (response) => {
      if (response.statusCode !== 200) {
        return void reject(new Error(`${path} was answered with ${response.statusCode}`));
      }
      response.on("end", resolve);
      response.resume();
    });
    sent.on("error", reject);
    sent.end();
  });
}
