/** What a start takes, spelled out for each kind in the terms of JSON Schema. */
import { z } from "@hono/zod-openapi";
import type { Catalog } from "../../catalog.ts";
import type { Kind } from "../../job.ts";
import { isSecret } from "./masked-input.ts";

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
    },
    required: needsInput ? ["type", "metadata"] : ["type"],
    additionalProperties: false,
  };
}

function inputOf(kind: Kind): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(kind.input, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      // Words for forms; the rest of them is nothing that a program needs.
      const { label, upload, secret, ...known } = jsonSchema as JsonSchema;
      for (const word of Object.keys(jsonSchema)) delete (jsonSchema as JsonSchema)[word];
      Object.assign(jsonSchema, known);
      if (label) Object.assign(jsonSchema, { title: label });
      if (upload) Object.assign(jsonSchema, { description: "`upload_id` of an upload" });
      if (secret || isSecret(zodSchema)) Object.assign(jsonSchema, { writeOnly: true });
    },
  });
  return schema;
}
