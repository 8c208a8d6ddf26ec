import type { KyselyPlugin, PluginTransformQueryArgs, RootOperationNode } from "kysely";
import { KindError } from "../engine/kind-error.ts";

const writingText = /^[\s(]*(?:insert|update|delete|replace|merge|truncate|create|alter|drop)\b/i;

/**
 * Refuses statements that write before they are sent, with a sentence for the author of a kind. The
 * connection refuses what this does not see, such as a function or a `with` that writes.
 */
export const readOnlyPlugin: KyselyPlugin = {
  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    const reads =
      node.kind === "SelectQueryNode" ||
      (node.kind === "RawNode" && !writingText.test(node.sqlFragments.join(" ")));
    if (reads) return node;
    throw new KindError("job.db only reads. Write rows in the `write` of job.batches");
  },
  transformResult: async ({ result }) => result,
};
