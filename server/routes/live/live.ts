/** GET /live: the topics that the tabs of a browser watch, as an event stream or one poll. */
import { type Context, Hono } from "hono";
import { visibleJobs } from "../../accounts/authorize.ts";
import { parseCursors, parseTopics, type Topic } from "../../live/topics.ts";
import type { Env, Services } from "../../services.ts";
import { createPollHandler } from "./poll.ts";
import { createStreamHandler } from "./stream.ts";

export function liveRoutes(services: Services): Hono<Env> {
  const poll = createPollHandler(services);
  const stream = createStreamHandler(services);
  const routes = new Hono<Env>();

  routes.get("/live", (c) => {
    const topics = withVisibleLists(c, parseTopics(c.req.query("topics") ?? ""));
    const cursors = parseCursors(c.req.query("after") ?? "");
    const wantsStream = c.req.header("accept")?.includes("text/event-stream") ?? false;
    return wantsStream ? stream(c, topics, cursors) : poll(c, topics, cursors);
  });

  return routes;
}

/** Members who may not see each other's jobs watch their own in place of the account's. */
function withVisibleLists(c: Context<Env>, topics: Topic[]): Topic[] {
  const seesAccount = visibleJobs(c.var.person, "account").userId === undefined;
  if (seesAccount) return topics;
  return topics.map((topic) => (topic.kind === "list" ? { ...topic, scope: "mine" } : topic));
}
