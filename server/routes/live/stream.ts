/** GET /live with `Accept: text/event-stream`: the current state, then each change. */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { can, visibleJobs } from "../../accounts/authorize.ts";
import type { Person } from "../../accounts/person.ts";
import { assetHref } from "../../assets/href.ts";
import { openPageStream } from "../../live/page-stream.ts";
import { jobIdsOf, type Topic } from "../../live/topics.ts";
import type { Env, Services } from "../../services.ts";
import { personReader, rawResponse } from "./stream-request.ts";

export function createStreamHandler(services: Services) {
  const { hub, jobs, streams } = services;

  return async (
    c: Context<Env>,
    topics: readonly Topic[],
    cursors: ReadonlyMap<string, number>,
  ): Promise<Response> => {
    const { person } = c.var;
    const { userId, accountId } = person;
    const visible = await visibleTopics(person, topics);
    const readPerson = personReader(c, services);
    const stream = openPageStream(streams, rawResponse(c), {
      version: assetHref("app.js"),
      owner: person,
      async isAllowed() {
        const current = await readPerson();
        return current !== null && (await maySeeAll(current, visible));
      },
    });
    const { mailbox, end } = stream;
    stream.onClose(hub.watch({ topics: visible, cursors, userId, accountId, mailbox, end }));
    return RESPONSE_ALREADY_SENT;
  };

  /** A job that was deleted meanwhile is no reason to end a stream. */
  async function maySeeAll(person: Person, topics: readonly Topic[]): Promise<boolean> {
    const seesAccount = visibleJobs(person, "account").userId === undefined;
    const isHidden = (topic: Topic) => topic.kind === "list" && topic.scope === "account";
    if (!seesAccount && topics.some(isHidden)) return false;
    const owners = await jobs.owners(jobIdsOf(topics));
    return owners.every((job) => can(person, "see", job));
  }

  /** Leaves out the jobs that the person may not see, as if they did not exist. */
  async function visibleTopics(person: Person, topics: readonly Topic[]): Promise<Topic[]> {
    const owners = await jobs.owners(jobIdsOf(topics));
    const ids = new Set(owners.filter((job) => can(person, "see", job)).map(({ id }) => id));
    return topics.filter((topic) => topic.kind === "list" || ids.has(topic.id));
  }
}
