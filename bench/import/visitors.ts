/** Reads pages and starts jobs at a steady pace, and records the response times. */
import { Agent, request } from "node:http";
import { serveCalls } from "../support/program.ts";

export type Visitors = typeof visitors;

const everyMs = { page: 100, start: 400 };
const pages = ["/jobs", "/contacts"];

interface Visit {
  port: number;
  cookie: string;
  token: string;
}

let timers: NodeJS.Timeout[] = [];
let asked: { pages: Promise<number>[]; starts: Promise<number>[] };
const agent = new Agent({ keepAlive: true });

const visitors = serveCalls({
  start({ port, cookie, token }: Visit): void {
    asked = { pages: [], starts: [] };
    const readPage = () => {
      const path = pages[asked.pages.length % pages.length]!;
      asked.pages.push(timed({ port, path, method: "GET", headers: { cookie } }));
    };
    const startJob = () => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const body = JSON.stringify({ type: "nothing", metadata: {} });
      asked.starts.push(timed({ port, path: "/api/jobs/start", method: "POST", headers }, body));
    };
    timers = [setInterval(readPage, everyMs.page), setInterval(startJob, everyMs.start)];
  },
  /** @returns the response times, ms */
  async stop(_: object): Promise<{ pages: number[]; starts: number[] }> {
    for (const timer of timers) clearInterval(timer);
    return { pages: await Promise.all(asked.pages), starts: await Promise.all(asked.starts) };
  },
});

function timed(options: object, body = ""): Promise<number> {
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request({ host: "127.0.0.1", agent, ...options }, (response) => {
    if (response.statusCode! >= 400) reject(new Error(`Answered with ${response.statusCode}`));
    response.resume();
    response.on("end", () => resolve(performance.now() - startedAt));
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}
