/** GET /live: what the tabs of one browser watch, as an event stream or as one answer to a poll. */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { can, visibleJobs } from "../accounts/authorize.ts";
import { bearerToken } from "../accounts/bearer-token.ts";
import { assetHref } from "../assets/href.ts";
import { openStream } from "../live/stream.ts";
import { parseCursors, parseTopics, type Topic } from "../live/topics.ts";
import type { Env, Services } from "../services.ts";
import { pollAnswer } from "./polls.ts";

export function streamRoutes(services: Services): Hono<Env> {
  const { hub } = services;
  const routes = new Hono<Env>();

  routes.get("/live", async (c) => {
    const topics = await allowed(c, services, parseTopics(c.req.query("topics") ?? ""));
    const cursors = parseCursors(c.req.query("after") ?? "");
    if (!c.req.header("accept")?.includes("text/event-stream")) {
      return pollAnswer(c, services, topics, cursors);
    }
    const { outgoing } = c.env;
    if (!outgoing) throw new Error("Streams need the server of Node");
    const { userId, accountId, sessionId } = c.var.person;
    const stream = openStream(outgoing, {
      version: assetHref("app.js"),
      isAllowed: sameAsker(c, services),
    });
    const leave = hub.watch({
      topics,
      cursors,
      userId,
      accountId,
      sessionId,
      mailbox: stream.mailbox,
      end: stream.end,
    });
    stream.onClose(leave);
    return RESPONSE_ALREADY_SENT;
  });

  return routes;
}

/**
 * Whether the person who asked may still see what they did. It stands by itself, for what the
 * handler of a request has in hand is heavy, and a stream would keep it for as long as it lives.
 */
function sameAsker(c: Context<Env>, { accounts }: Services): () => Promise<boolean> {
  const cookie = c.req.header("cookie") ?? "";
  const token = bearerToken(c.req.header("authorization"));
  return async () => {
    const person = await accounts.personOf(new Headers({ cookie }));
    return (person ?? (token ? await accounts.personOfToken(token) : null)) !== null;
  };
}

/**
 * Each topic is checked when the stream subscribes: a job that one may not see is as if it were not,
 * and who may not see others' jobs watches the list of their own.
 */
async function allowed(c: Context<Env>, { backend }: Services, topics: Topic[]): Promise<Topic[]> {
  const { person } = c.var;
  const seesOthers = visibleJobs(person, "account").userId === undefined;
  const ids = topics.flatMap((topic) => (topic.kind === "list" ? [] : [topic.id]));
  const rows = ids.length > 0 ? await owners(backend, ids) : [];
  const seen = new Set(rows.filter((row) => can(person, "see", row)).map((row) => row.id));
  return topics.flatMap((topic): Topic[] => {
    if (topic.kind !== "list") return seen.has(topic.id) ? [topic] : [];
    return [seesOthers ? topic : { ...topic, scope: "mine" }];
  });
}

function owners({ db }: Services["backend"], ids: string[]) {
  return db
    .selectFrom("jobs")
    .select(["id", "account_id", "user_id"])
    .where("id", "in", ids)
    .execute();
}
