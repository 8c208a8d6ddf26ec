/** Checks the query plans that the database chooses for the queries of product code. */
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from "kysely";
import type { Backend } from "../../server/backend/backend.ts";

type Query = Parameters<KyselyPlugin["transformQuery"]>[0];

/**
 * Runs the work and explains each of its queries.
 * @returns a line for each step of a plan whose work grows with the size of the table
 */
export async function findUnboundedReads(
  backend: Backend,
  work: (db: Backend["db"]) => Promise<unknown>,
): Promise<string[]> {
  const queries: Query[] = [];
  const recorder: KyselyPlugin = {
    transformQuery(query) {
      queries.push(query);
      return query.node;
    },
    transformResult: async ({ result }) => result,
  };
  await work(backend.db.withPlugin(recorder));
  if (queries.length === 0) throw new Error("The work made no query");
  const executor = backend.db.getExecutor();
  const unbounded: string[] = [];
  for (const { node, queryId } of queries) {
    const query = executor.compileQuery(node as RootOperationNode, queryId);
    const explain = backend.name === "postgres" ? explainOnPostgres : explainOnSqlite;
    unbounded.push(...(await explain(backend, query)));
  }
  return unbounded;
}

/** Rows that one step of a plan may read or sort: more than some pages, far less than the table. */
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

/** Executes the query, which gives the real numbers of rows, and rolls it back. */
async function explainOnPostgres({ db }: Backend, query: CompiledQuery): Promise<string[]> {
  const statement = `explain (analyze, format json) ${query.sql}`;
  let plan: Step | undefined;
  const rollback = new Error();
  await db
    .transaction()
    .execute(async (tx) => {
      const { rows } = await tx.executeQuery<{ "QUERY PLAN": [{ Plan: Step }] }>(
        CompiledQuery.raw(statement, [...query.parameters]),
      );
      plan = rows[0]!["QUERY PLAN"][0].Plan;
      throw rollback;
    })
    .catch((error) => {
      if (error !== rollback) throw error;
    });
  return unboundedSteps(plan!);
}

function unboundedSteps(step: Step): string[] {
  const name = `${step["Node Type"]} ${step["Relation Name"] ?? ""} ${step["Index Name"] ?? ""}`;
  const removed =
    (step["Rows Removed by Filter"] ?? 0) + (step["Rows Removed by Index Recheck"] ?? 0);
  const read = (step["Actual Rows"] + removed) * step["Actual Loops"];
  const unbounded: string[] = [];
  if (step["Node Type"] === "Seq Scan" && step["Relation Name"] === "jobs") unbounded.push(name);
  else if (read > maxRows) unbounded.push(`${name} read ${read} rows`);
  return [...unbounded, ...(step.Plans ?? []).flatMap(unboundedSteps)];
}

interface Line {
  id: number;
  parent: number;
  detail: string;
}

/** Partial indexes of running jobs and due cleanups, which have few rows in a table of any size. */
const smallIndex = /INDEX jobs_(running_by_worker|awaiting_cleanup)\b/;

async function explainOnSqlite({ db }: Backend, query: CompiledQuery): Promise<string[]> {
  const statement = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]);
  const { rows } = await db.executeQuery<Line>(statement);
  return rows.flatMap(({ detail, parent }) => {
    if (/^SCAN jobs\b/.test(detail) && !smallIndex.test(detail)) return [detail];
    if (!detail.startsWith("USE TEMP B-TREE")) return [];
    // The sorted rows may come from a small index, or one by one by their primary key.
    const sorted = rows.filter((row) => row.parent === parent && /^SEARCH jobs\b/.test(row.detail));
    return sorted
      .filter((row) => !/\(id=\?\)$/.test(row.detail) && !smallIndex.test(row.detail))
      .map((row) => `${detail} of ${row.detail}`);
  });
}
