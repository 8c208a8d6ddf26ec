/** The topics that a page watches, as the query of its stream or poll names them. */

/** `job`: a job's page; `row`: a job's row in a list. */
export interface JobTopic {
  kind: "job" | "row";
  id: string;
}

/** A list of jobs: its counts, and the ids of jobs that were created after it was rendered. */
export interface ListTopic {
  kind: "list";
  scope: ListScope;
  /** Time at which the list was rendered, ms since 1970. */
  since?: number;
}

export type ListScope = "mine" | "account";
export type Topic = JobTopic | ListTopic;

const jobTopic = /^(job|row):([0-9a-f-]{36})$/;
const listTopic = /^jobs:(mine|account)(?::(\d{1,15}))?$/;
/** Shared, because there may be thousands of streams. */
const noCursors: ReadonlyMap<string, number> = new Map();
/** A page shows 50 jobs, and the tabs of a browser share one stream. */
const maxTopics = 1_000;

/**
 * @param text "job:0198…,row:0198…,jobs:mine:1795430855772"
 * @returns each topic once; invalid parts are ignored
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
 * @param text "0198…:12,0198…:7": for each job the number of the last log line on the page
 * @returns numbers by job id
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

/** @returns the ids of watched jobs; twice for a job whose page and row are both watched */
export function jobIdsOf(topics: readonly Topic[]): string[] {
  return topics.flatMap((topic) => (topic.kind === "list" ? [] : [topic.id]));
}

export function scopesOf(topics: readonly Topic[]): Set<ListScope> {
  return new Set(topics.flatMap((topic) => (topic.kind === "list" ? topic.scope : [])));
}

/** @returns the owner of the jobs in a person's list */
export function listOwner(scope: ListScope, accountId: string, userId: string) {
  return scope === "mine" ? { accountId, userId } : { accountId };
}
