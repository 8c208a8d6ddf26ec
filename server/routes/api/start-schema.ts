/** The JSON Schema of a start, with the input of each kind. */
import { z } from "@hono/zod-openapi";
import type { Catalog } from "../../catalog.ts";
import { isSecret } from "../../engine/start/is-secret.ts";
import type { Kind } from "../../job.ts";

type JsonSchema = Record<string, unknown>;

/** One alternative per kind, discriminated by `type`. */
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
      run_at: {
        type: "string",
        format: "date-time",
        description: "The earliest time to start, up to a year ahead. Default: now.",
      },
      unless_running: {
        type: "boolean",
        default: false,
        description: "Answers 409 while a job with the same input is active.",
      },
    },
    required: needsInput ? ["type", "metadata"] : ["type"],
    additionalProperties: false,
  };
}

/** JSON Schema keywords that a field's `meta` may have. Other keys are for forms. */
const keywords = ["title", "description", "examples", "deprecated"];

function inputOf(kind: Kind): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(kind.input, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      const schema = jsonSchema as JsonSchema;
      const { label, help, upload } = schema;
      const meta = z.globalRegistry.get(zodSchema) ?? {};
      for (const key of Object.keys(meta)) if (!keywords.includes(key)) delete schema[key];
      if (label) schema.title = label;
      if (upload) schema.description = "The `upload_id` of an upload.";
      else if (help) schema.description = help;
      if (isSecret(zodSchema)) schema.writeOnly = true;
    },
  });
  return { additionalProperties: false, ...schema };
}
