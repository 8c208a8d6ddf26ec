/** Clients that poll, each on a connection of its own, spread over the interval. */
import { Agent, type IncomingMessage, request } from "node:http";
import { serveCalls } from "../support/program.ts";

export type Pollers = typeof pollers;

interface Client {
  path: string;
  cookie: string;
  agent: Agent;
  /** The ETag of the last answer. */
  tag: string;
}

const counted = { answers: 0, notModified: 0, bytes: 0 };
let timers: NodeJS.Timeout[] = [];

const pollers = serveCalls({
  start(given: {
    port: number;
    people: { path: string; cookie: string }[];
    everyMs: number;
  }): void {
    const { port, people, everyMs } = given;
    timers = people.map((each, at) => {
      const person = { ...each, agent: new Agent({ keepAlive: true, maxSockets: 1 }), tag: "" };
      return setTimeout(
        () => {
          poll(port, person);
          timers[at] = setInterval(poll, everyMs, port, person);
        },
        (at * everyMs) / people.length,
      );
    });
  },
  /** The counts since the last call. */
  count(_: object): typeof counted {
    const since = { ...counted };
    Object.assign(counted, { answers: 0, notModified: 0, bytes: 0 });
    return since;
  },
  stop(_: object): void {
    for (const timer of timers) clearInterval(timer);
  },
});

function poll(port: number, person: Client): void {
  const { path, cookie, agent, tag } = person;
  const headers = {
    ...{ cookie, accept: "text/html", "accept-encoding": "gzip, deflate, br" },
    ...(tag && { "if-none-match": tag }),
  };
  request({ port, host: "127.0.0.1", path, headers, agent }, (response) => {
    person.tag = response.headers.etag ?? "";
    countAnswer(response);
  }).end();
}

function countAnswer(response: IncomingMessage): void {
  const { statusCode } = response;
  if (statusCode !== 200 && statusCode !== 304) throw new Error(`A poll got ${statusCode}`);
  counted.answers++;
  if (statusCode === 304) counted.notModified++;
  response.on("data", (chunk: Buffer) => {
    counted.bytes += chunk.length;
  });
}
