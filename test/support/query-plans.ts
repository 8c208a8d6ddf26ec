/** What the database does for the queries of a piece of product code: which plans it chooses. */
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from "kysely";
import type { Backend } from "../../server/backend/backend.ts";

type Asked = Parameters<KyselyPlugin["transformQuery"]>[0];

/**
 * Runs the work and explains each query that it made.
 * @returns what is wrong with their plans: a line for each place where work grows with the table
 */
export async function findUnboundedReads(
  backend: Backend,
  work: (watched: Backend["db"]) => Promise<unknown>,
): Promise<string[]> {
  const asked: Asked[] = [];
  const watching: KyselyPlugin = {
    transformQuery(query) {
      asked.push(query);
      return query.node;
    },
    transformResult: async ({ result }) => result,
  };
  await work(backend.db.withPlugin(watching));
  if (asked.length === 0) throw new Error("No query was made");
  const executor = backend.db.getExecutor();
  const wrong: string[] = [];
  for (const { node, queryId } of asked) {
    const query = executor.compileQuery(node as RootOperationNode, queryId);
    const explain = backend.name === "postgres" ? explainOnPostgres : explainOnSqlite;
    wrong.push(...(await explain(backend, query)));
  }
  return wrong;
}

/** Rows that one step of a plan may read or sort; some pages, and far from the whole table. */
const maxRows = 1_500;

interface Step {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: Step[];
}

/** Carried out and taken back, so that the rows are those that were really read. */
async function explainOnPostgres({ db }: Backend, query: CompiledQuery): Promise<string[]> {
  const explained = `explain (analyze, format json) ${query.sql}`;
  let plan: Step | undefined;
  const takenBack = new Error();
  await db
    .transaction()
    .execute(async (tx) => {
      const { rows } = await tx.executeQuery<{ "QUERY PLAN": [{ Plan: Step }] }>(
        CompiledQuery.raw(explained, [...query.parameters]),
      );
      plan = rows[0]!["QUERY PLAN"][0].Plan;
      throw takenBack;
    })
    .catch((error) => {
      if (error !== takenBack) throw error;
    });
  return unboundedSteps(plan!);
}

function unboundedSteps(step: Step): string[] {
  const name = `${step["Node Type"]} ${step["Relation Name"] ?? ""} ${step["Index Name"] ?? ""}`;
  const passed =
    (step["Rows Removed by Filter"] ?? 0) + (step["Rows Removed by Index Recheck"] ?? 0);
  const read = (step["Actual Rows"] + passed) * step["Actual Loops"];
  const wrong: string[] = [];
  if (step["Node Type"] === "Seq Scan" && step["Relation Name"] === "jobs") wrong.push(name);
  else if (read > maxRows) wrong.push(`${name} read ${read} rows`);
  return [...wrong, ...(step.Plans ?? []).flatMap(unboundedSteps)];
}

interface Line {
  id: number;
  parent: number;
  detail: string;
}

/** Partial indexes of what runs or was left: they hold a few rows, however large the table is. */
const small = /INDEX jobs_(running_by_worker|awaiting_cleanup)\b/;

async function explainOnSqlite({ db }: Backend, query: CompiledQuery): Promise<string[]> {
  const explained = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]);
  const { rows } = await db.executeQuery<Line>(explained);
  return rows.flatMap(({ detail, parent }) => {
    if (/^SCAN jobs\b/.test(detail) && !small.test(detail)) return [detail];
    if (!detail.startsWith("USE TEMP B-TREE")) return [];
    // What is sorted may come from a short part of the query, or one by one by its key.
    const sorted = rows.filter((row) => row.parent === parent && /^SEARCH jobs\b/.test(row.detail));
    return sorted
      .filter((row) => !/\(id=\?\)$/.test(row.detail) && !small.test(row.detail))
      .map((row) => `${detail} of ${row.detail}`);
  });
}
