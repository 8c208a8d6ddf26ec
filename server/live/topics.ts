/** What a page can watch. */

/** `job`: a job's page; `row`: its row in a list; `list`: which jobs are started. */
export type Topic =
  | { kind: "job" | "row"; id: string }
  | { kind: "list"; scope: "mine" | "account" };

const jobTopic = /^(job|row):([0-9a-f-]{36})$/;
/** Shared, for there are thousands of streams. */
const none: ReadonlyMap<string, number> = new Map();
/** Pages show fewer; a browser has some tabs. */
const mostTopics = 1_000;

/** @param text "job:0198…,row:0198…,jobs:mine"; what is not a topic is left out */
export function parseTopics(text: string): Topic[] {
  const topics: Topic[] = [];
  for (const part of new Set(text.split(",").slice(0, mostTopics))) {
    const found = jobTopic.exec(part);
    if (found) topics.push({ kind: found[1] as "job" | "row", id: found[2]! });
    else if (part === "jobs:mine") topics.push({ kind: "list", scope: "mine" });
    else if (part === "jobs:account") topics.push({ kind: "list", scope: "account" });
  }
  return topics;
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
