/** What a start takes, spelled out for each kind in the terms of JSON Schema. */
import { z } from "@hono/zod-openapi";
import type { Catalog } from "../../catalog.ts";
import { isSecret } from "../../engine/start/is-secret.ts";
import type { Kind } from "../../job.ts";

type JsonSchema = Record<string, unknown>;

/** One alternative for each kind, told apart by `type`. */
export function startAlternatives(catalog: Catalog): JsonSchema {
  return { oneOf: [...catalog].map(([name, kind]) => alternative(name, kind)) };
}

function alternative(name: string, kind: Kind): JsonSchema {
  const metadata = inputOf(kind);
  const needsInput = ((metadata.required as string[] | undefined) ?? []).length > 0;
  return {
    type: "object",
    title: kind.title,
    description: kind.description,
    properties: {
      type: { const: name },
      metadata,
      run_at: { type: "string", format: "date-time", description: "Not before; default at once" },
      unless_running: {
        type: "boolean",
        default: false,
        description: "Not where a job with the same input has not ended yet: 409 then",
      },
    },
    required: needsInput ? ["type", "metadata"] : ["type"],
    additionalProperties: false,
  };
}

/** Words of JSON Schema that a field's `meta` may hold; the others are for forms. */
const known = ["title", "description", "examples", "deprecated"];

function inputOf(kind: Kind): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(kind.input, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      const schema = jsonSchema as JsonSchema;
      const { label, help, upload } = schema;
      const meta = z.globalRegistry.get(zodSchema) ?? {};
      for (const word of Object.keys(meta)) if (!known.includes(word)) delete schema[word];
      if (label) schema.title = label;
      if (upload) schema.description = "The `upload_id` of an upload";
      else if (help) schema.description = help;
      if (isSecret(zodSchema)) schema.writeOnly = true;
    },
  });
  return schema;
}
