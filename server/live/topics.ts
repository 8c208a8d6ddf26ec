/** What a page can watch. */

/**
 * `job`: a job's page; `row`: its row in a list; `list`: which jobs are started, and were since the
 * page was rendered (ms).
 */
export type Topic = { kind: "job" | "row"; id: string } | ListTopic;

export interface ListTopic {
  kind: "list";
  scope: "mine" | "account";
  since?: number;
}

const jobTopic = /^(job|row):([0-9a-f-]{36})$/;
const listTopic = /^jobs:(mine|account)(?::(\d{1,15}))?$/;
/** Shared, for there are thousands of streams. */
const none: ReadonlyMap<string, number> = new Map();
/** Pages show fewer; a browser has some tabs. */
const mostTopics = 1_000;

/** @param text "job:0198…,row:0198…,jobs:mine:1795430855772"; what is not a topic is left out */
export function parseTopics(text: string): Topic[] {
  const topics: Topic[] = [];
  for (const part of new Set(text.split(",").slice(0, mostTopics))) {
    const job = jobTopic.exec(part);
    if (job) topics.push({ kind: job[1] as "job" | "row", id: job[2]! });
    const list = listTopic.exec(part);
    if (list) topics.push(listOf(list[1] as ListTopic["scope"], list[2]));
  }
  return topics;
}

function listOf(scope: ListTopic["scope"], since: string | undefined): ListTopic {
  return since ? { kind: "list", scope, since: Number(since) } : { kind: "list", scope };
}

/**
 * @param text "0198…:12,0198…:7": the last log line that the page has, for each job
 * @returns job id to number
 */
export function parseCursors(text: string): ReadonlyMap<string, number> {
  if (text === "") return none;
  const cursors = new Map<string, number>();
  for (const part of text.split(",").slice(0, mostTopics)) {
    const [id, seq] = part.split(":");
    if (id && seq && /^\d{1,15}$/.test(seq)) cursors.set(id, Number(seq));
  }
  return cursors;
}
