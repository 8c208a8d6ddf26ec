/**
 * A small server of the live protocol with the real templates: it serves pages of jobs, their
 * stream and their polls, from memory. Tests change its jobs and make its connections fail.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { buildAssets } from "../../server/assets/build.ts";
import { assetHref } from "../../server/assets/href.ts";
import type { JobView } from "../../server/presenters/job.ts";
import type { ActionsView } from "../../server/presenters/job-actions.ts";
import type { HistoryView } from "../../server/presenters/job-history.ts";
import type { AboutView } from "../../server/presenters/job-page.ts";
import type { LogLineView } from "../../server/presenters/log.ts";
import { jobView } from "../../server/previews/examples/jobs/job-view.ts";
import { logOf } from "../../server/previews/examples/jobs/log.ts";
import { outputOf } from "../../server/previews/examples/jobs/output.ts";
import { resultOf } from "../../server/previews/examples/jobs/results.ts";
import { layout, time } from "../../server/previews/examples/layout.ts";
import { createRenderer } from "../../server/render.ts";
import { renderViewerParts, type ViewerParts } from "../../server/routes/page/viewer-parts.ts";

const root = join(import.meta.dirname, "../..");
const render = createRenderer({ viewsDir: join(root, "views"), strict: true, cache: false });
const types: Record<string, string> = { js: "text/javascript", css: "text/css" };
const policy = "default-src 'self'; img-src 'self' data:";

interface Stream {
  topics: string[];
  after: Map<string, number>;
  response: ServerResponse;
}

/** How the server answers `/live`. It serves pages in every mode. */
export type LiveMode =
  | "ok"
  /** Accepts the connection of a stream and sends nothing, as a buffering proxy does. */
  | "silent"
  /** 503, as while the database does not answer. */
  | "unavailable"
  /** 401 */
  | "signed-out";

export interface LiveServer {
  port: number;
  url: string;
  mode: LiveMode;
  pollAfter: number;
  version: string;
  /** The open streams. */
  streams(): Stream[];
  /** The requests of `/live`, oldest first: "stream job:1 after 1:3" or "poll job:1". */
  liveRequests: string[];
  /** The HTTP statuses of the polls, oldest first. */
  pollStatuses: number[];
  /** The other requests, oldest first: "GET /jobs". */
  requests: string[];
  /** Delay of the answer to a POST, ms. */
  postDelay: number;
  addJob(different?: Partial<JobView>): JobView;
  /** Changes a job and sends its progress, or with `whole` its panel or row, to its watchers. */
  updateJob(id: string, different: Partial<JobView>, whole?: boolean): JobView;
  appendLog(id: string, ...messages: string[]): void;
  /** Adds to the text of a job. With `part` watchers are sent that part of it. */
  appendOutput(id: string, text: string, part?: { from: number; text: string }): void;
  /** Sends an event on every stream. */
  send(event: string, data: string): void;
  panel(job: JobView): string;
  progress(job: JobView): string;
  /** Breaks all streams, as a proxy or a killed server may. */
  dropConnections(): void;
  stop(): Promise<void>;
}

export async function startLiveServer(): Promise<LiveServer> {
  await buildAssets({ minify: false });
  const jobs = new Map<string, JobView>();
  const logs = new Map<string, LogLineView[]>();
  const outputs = new Map<string, string>();
  const streams = new Set<Stream>();
  let clock = Date.now();

  const panel = (job: JobView) => oneLine(render.partial("jobs/_panel", { ...job, oob: true }));
  const progress = (job: JobView) =>
    oneLine(render.partial("jobs/_progress", { ...job, oob: true }));
  const row = (job: JobView) => oneLine(render.partial("jobs/_row", { ...job, oob: true }));

  function lines(id: string, after: number): string {
    const newLines = (logs.get(id) ?? []).filter(({ seq }) => seq > after);
    if (newLines.length === 0) return "";
    return oneLine(render.partial("jobs/_log_lines", { ...logOf(id, newLines), oob: true }));
  }

  function state(topic: string): string {
    const [kind = "", id = ""] = topic.split(":");
    const job = jobs.get(id);
    if (!job) return "";
    return kind === "job" ? panel(job) + output(job) : row(job);
  }

  function output(job: JobView): string {
    const text = outputs.get(job.id);
    if (!text) return "";
    const view = { ...outputOf(job, text), renderedAt: ++clock };
    return oneLine(render.partial("jobs/_output", { ...view, oob: true }));
  }

  function write(stream: Stream, event: string, data: string): void {
    if (!data) return;
    stream.response.write(`${event === "message" ? "" : `event: ${event}\n`}data: ${data}\n\n`);
  }

  function sendLines(stream: Stream, id: string): void {
    if (!stream.topics.includes(`job:${id}`)) return;
    const html = lines(id, stream.after.get(id) ?? 0);
    const last = logs.get(id)?.at(-1)?.seq ?? 0;
    if (html) write(stream, "lines", `${id} ${last} ${html}`);
    stream.after.set(id, last);
  }

  function openStream(topics: string[], after: Stream["after"], response: ServerResponse): void {
    const stream = { topics, after, response };
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.flushHeaders();
    streams.add(stream);
    response.on("close", () => streams.delete(stream));
    if (server.mode === "silent") return;
    response.write("retry: 500\n\n");
    write(stream, "hello", server.version);
    for (const topic of topics) write(stream, "message", state(topic));
    for (const id of jobs.keys()) sendLines(stream, id);
  }

  function live(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const topics = (url.searchParams.get("topics") ?? "").split(",");
    const cursors = url.searchParams.get("after");
    const after = new Map(
      (cursors ?? "").split(",").map((pair) => {
        const [id = "", seq] = pair.split(":");
        return [id, Number(seq)];
      }),
    );
    const isStream = request.headers.accept === "text/event-stream";
    server.liveRequests.push(
      `${isStream ? "stream" : "poll"} ${topics}${cursors ? ` after ${cursors}` : ""}`,
    );
    if (server.mode === "unavailable")
      return void response.writeHead(503).end("The database is away");
    if (server.mode === "signed-out") return void response.writeHead(401).end();
    if (isStream) {
      openStream(topics, after, response);
      return;
    }
    const fragments = topics.map(state);
    for (const [id, seq] of after) fragments.push(lines(id, seq));
    const html = fragments.join("\n");
    const etag = `W/"${createHash("sha1").update(html).digest("hex")}"`;
    const isUnchanged = request.headers["if-none-match"] === etag;
    const headers = { "content-type": "text/html", "x-poll-after": server.pollAfter, etag };
    server.pollStatuses.push(isUnchanged ? 304 : 200);
    response.writeHead(isUnchanged ? 304 : 200, headers);
    response.end(isUnchanged ? undefined : html);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname === "/live") return live(url, request, response);
    server.requests.push(`${request.method} ${url.pathname}`);
    const [, place = "", id = "", part] = url.pathname.split("/");
    if (request.method === "POST") {
      await wait(server.postDelay);
      response.writeHead(303, { location: `/jobs/${id}` }).end();
      return;
    }
    const [, extension = ""] = place.split(".");
    if (types[extension]) {
      response.writeHead(200, { "content-type": types[extension] });
      response.end(readFileSync(join(root, "public", place)));
      return;
    }
    const job = jobs.get(id);
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.setHeader("content-security-policy", policy);
    if (part === "viewer" && job) response.end(renderViewerParts(render, viewerPartsOf(job)));
    else if (job) response.end(jobPage(job, logs.get(id) ?? [], outputs.get(id)));
    else if (place === "jobs" && !id) response.end(listPage([...jobs.values()]));
    else response.end(otherPage());
  }

  const http = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;

  const server: LiveServer = {
    port,
    url: `http://127.0.0.1:${port}`,
    mode: "ok",
    pollAfter: 1,
    version: assetHref("app.js"),
    liveRequests: [],
    pollStatuses: [],
    requests: [],
    postDelay: 0,
    streams: () => [...streams],
    panel,
    progress,
    addJob(different = {}) {
      const id = `0198c5d2-7a41-7c3e-9f10-${String(jobs.size + 1).padStart(12, "0")}`;
      const job = jobView({ id, renderedAt: ++clock, ...different });
      jobs.set(id, job);
      return job;
    },
    updateJob(id, different, whole = false) {
      const before = jobs.get(id)!;
      const job = { ...before, version: before.version + 1, renderedAt: ++clock, ...different };
      jobs.set(id, job);
      for (const stream of streams) {
        const sees = (kind: string) => stream.topics.includes(`${kind}:${id}`);
        if (whole && sees("job")) write(stream, "message", panel(job));
        if (whole && sees("row")) write(stream, "message", row(job));
        if (!whole && (sees("job") || sees("row"))) write(stream, "message", progress(job));
      }
      return job;
    },
    appendLog(id, ...messages) {
      const log = logs.get(id) ?? [];
      for (const message of messages) {
        log.push({ seq: log.length + 1, level: "info", message, time: time() });
      }
      logs.set(id, log);
      for (const stream of streams) sendLines(stream, id);
    },
    appendOutput(id, text, part) {
      const before = outputs.get(id) ?? "";
      outputs.set(id, before + text);
      const { from, text: sent } = part ?? { from: before.length, text };
      const view = { id, from, length: from + sent.length, lines: sent.split("\n") };
      const html = oneLine(render.partial("jobs/_output_text", { ...view, oob: true }));
      for (const stream of streams) write(stream, "message", html);
    },
    send(event, data) {
      for (const stream of streams) write(stream, event, data);
    },
    dropConnections() {
      for (const { response } of streams) response.destroy();
    },
    async stop() {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await closed;
    },
  };
  return server;
}

function oneLine(html: string): string {
  return html.replace(/\s*\n\s*/g, " ").trim();
}

const assets = () => ({ css: assetHref("app.css"), js: assetHref("app.js") });

function actionsOf({ id, active, buttons }: JobView): ActionsView {
  const offered = active ? buttons : [{ ...buttons[0]!, path: "retry" as const, label: "Retry" }];
  return {
    ...{ id, token: layout.token, buttons: offered, followUps: [], started: [], mend: null },
    moveHref: null,
    sound: active ? false : null,
  };
}

function aboutOf({ id, active }: JobView): AboutView {
  const text = active ? "Duplicate" : "Edit and run again";
  return {
    ...{ id, owner: "Started by Ada Lovelace", input: [], deletedOn: null },
    ...{ retryOf: null, schedule: null },
    change: { href: `/jobs/new/contact_import?from_job=${id}`, text },
  };
}

function historyOf({ id, active }: JobView): HistoryView {
  const ended = { text: "You cancelled this job", at: time(), newJobHref: null };
  return { id, lines: active ? [] : [ended] };
}

function viewerPartsOf(job: JobView): ViewerParts {
  return { actions: actionsOf(job), history: historyOf(job), about: aboutOf(job) };
}

function jobPage(job: JobView, lines: LogLineView[], text = ""): string {
  return render.page("jobs/show", {
    layout: { ...layout, ...assets(), title: job.title, topics: [`job:${job.id}`], since: "" },
    job,
    output: outputOf(job, text),
    result: resultOf(job),
    log: logOf(job.id, lines),
    ...viewerPartsOf(job),
  });
}

function listPage(jobs: JobView[]): string {
  const topics = ["jobs:mine", ...jobs.map(({ id }) => `row:${id}`)];
  return render.page("jobs/index", {
    layout: { ...layout, ...assets(), topics, since: "", script: assetHref("dashboard.js") },
    filter: {
      ...{ q: "", statuses: [], types: [], spans: [], from: "", to: "", scopes: [] },
      ...{ active: false, clearHref: "/jobs" },
    },
    counts: { scope: "mine", renderedAt: 0, counts: [] },
    notice: "",
    jobs,
    bulk: { countText: `${jobs.length} jobs`, allText: "", fields: [] },
    olderHref: null,
    newestHref: null,
  });
}

/** A page without topics. */
function otherPage(): string {
  return render.page("errors/error", {
    layout: { ...layout, ...assets(), topics: [], since: "" },
    status: 404,
    heading: "There is no such page",
    message: "",
    links: [],
    requestId: "",
  });
}
