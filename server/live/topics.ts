/** What a page can watch, as its stream's or poll's query names it. */

/** `job`: a job's page; `row`: a job's row in a list. */
export interface JobTopic {
  kind: "job" | "row";
  id: string;
}

/** A list of jobs: its counts, and the ids of jobs created since it was rendered. */
export interface ListTopic {
  kind: "list";
  scope: ListScope;
  /** When the list was rendered, ms. */
  since?: number;
}

export type ListScope = "mine" | "account";
export type Topic = JobTopic | ListTopic;

const jobTopic = /^(job|row):([0-9a-f-]{36})$/;
const listTopic = /^jobs:(mine|account)(?::(\d{1,15}))?$/;
/** One for all, because there may be thousands of streams. */
const noCursors: ReadonlyMap<string, number> = new Map();
/** A page shows 50 jobs, and a browser has some tabs. */
const maxTopics = 1_000;

/**
 * @param text "job:0198…,row:0198…,jobs:mine:1795430855772"
 * @returns each topic once; parts that are none are ignored
 */
export function parseTopics(text: string): Topic[] {
  const topics: Topic[] = [];
  for (const part of new Set(text.split(",").slice(0, maxTopics))) {
    const job = jobTopic.exec(part);
    if (job) topics.push({ kind: job[1] as JobTopic["kind"], id: job[2]! });
    const list = listTopic.exec(part);
    if (list) topics.push(parseList(list[1] as ListScope, list[2]));
  }
  return topics;
}

function parseList(scope: ListScope, since: string | undefined): ListTopic {
  return since ? { kind: "list", scope, since: Number(since) } : { kind: "list", scope };
}

/**
 * @param text "0198…:12,0198…:7": for each job the last log line that the page has
 * @returns job id to number
 */
export function parseCursors(text: string): ReadonlyMap<string, number> {
  if (text === "") return noCursors;
  const cursors = new Map<string, number>();
  for (const part of text.split(",").slice(0, maxTopics)) {
    const [id, seq] = part.split(":");
    if (id && seq && /^\d{1,15}$/.test(seq)) cursors.set(id, Number(seq));
  }
  return cursors;
}

/** The ids of the jobs whose page or row is watched, each once for each. */
export function jobIdsOf(topics: readonly Topic[]): string[] {
  return topics.flatMap((topic) => (topic.kind === "list" ? [] : [topic.id]));
}

export function scopesOf(topics: readonly Topic[]): Set<ListScope> {
  return new Set(topics.flatMap((topic) => (topic.kind === "list" ? topic.scope : [])));
}

/** Whose jobs are in a person's list of a scope. */
export function listOwner(scope: ListScope, accountId: string, userId: string) {
  return scope === "mine" ? { accountId, userId } : { accountId };
}
