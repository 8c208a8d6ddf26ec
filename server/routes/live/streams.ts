/** GET /live: what the tabs of one browser watch, as an event stream or as one answer to a poll. */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { can, visibleJobs } from "../../accounts/authorize.ts";
import { assetHref } from "../../assets/href.ts";
import { openPageStream } from "../../live/page-stream.ts";
import { parseCursors, parseTopics, type Topic } from "../../live/topics.ts";
import type { Env, Services } from "../../services.ts";
import { createPolls } from "./polls.ts";
import { personReader, rawResponse } from "./stream-request.ts";

export function streamRoutes(services: Services): Hono<Env> {
  const { hub, streams } = services;
  const answerPoll = createPolls(services);
  const routes = new Hono<Env>();

  routes.get("/live", async (c) => {
    const asked = withVisibleLists(c, parseTopics(c.req.query("topics") ?? ""));
    const cursors = parseCursors(c.req.query("after") ?? "");
    if (!c.req.header("accept")?.includes("text/event-stream")) {
      return answerPoll(c, asked, cursors);
    }
    const topics = await allowed(c, services, asked);
    const { userId, accountId } = c.var.person;
    const readPerson = personReader(c, services);
    const stream = openPageStream(streams, rawResponse(c), {
      version: assetHref("app.js"),
      owner: c.var.person,
      isAllowed: async () => (await readPerson()) !== null,
    });
    const { mailbox, end } = stream;
    stream.onClose(hub.watch({ topics, cursors, userId, accountId, mailbox, end }));
    return RESPONSE_ALREADY_SENT;
  });

  return routes;
}

/** Who may not see others' jobs watches the list of their own. */
function withVisibleLists(c: Context<Env>, topics: Topic[]): Topic[] {
  const seesOthers = visibleJobs(c.var.person, "account").userId === undefined;
  return topics.map((topic) => {
    return topic.kind === "list" && !seesOthers ? { ...topic, scope: "mine" } : topic;
  });
}

/** Each is checked when the stream subscribes: a job that one may not see is as if it were not. */
async function allowed(c: Context<Env>, { jobs }: Services, topics: Topic[]): Promise<Topic[]> {
  const { person } = c.var;
  const ids = topics.flatMap((topic) => (topic.kind === "list" ? [] : [topic.id]));
  const rows = await jobs.owners(ids);
  const seen = new Set(rows.filter((row) => can(person, "see", row)).map((row) => row.id));
  return topics.filter((topic) => topic.kind === "list" || seen.has(topic.id));
}
