import type { QueryCompiler, RootOperationNode } from "kysely";
import { KindError } from "../engine/kind-error.ts";

const writingText = /^[\s(]*(?:insert|update|delete|replace|merge|truncate|create|alter|drop)\b/i;

/**
 * Refuses statements that write before they are sent, with a sentence for the author of a kind. The
 * connection refuses what this does not see, such as a function or a `with` that writes. A plugin of
 * Kysely would make each read half as slow again.
 */
export function refuseWrites(compiler: QueryCompiler): QueryCompiler {
  return {
    compileQuery(node, queryId) {
      if (!reads(node)) {
        throw new KindError(
          "The db of a kind only reads. Write rows in the `write` of job.batches",
        );
      }
      return compiler.compileQuery(node, queryId);
    },
  };
}

function reads(node: RootOperationNode): boolean {
  if (node.kind === "RawNode") return !writingText.test(node.sqlFragments.join(" "));
  return node.kind === "SelectQueryNode";
}
