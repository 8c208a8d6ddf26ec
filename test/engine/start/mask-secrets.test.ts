import { expect, test } from "vitest";
import { z } from "zod";
import { maskSecrets } from "../../../server/engine/start/mask-secrets.ts";

const secret = z.string().meta({ secret: true });

test.each<[string, z.ZodObject | undefined, Record<string, unknown>]>([
  ["a secret field", z.object({ a: secret }), { a: "********" }],
  ["an optional secret", z.object({ a: secret.optional() }), { a: "********" }],
  ["a secret with a default", z.object({ a: secret.nullable().default("x") }), { a: "********" }],
  [
    "a secret with a transformation",
    z.object({ a: secret.transform((text) => text.trim()) }),
    { a: "********" },
  ],
  ["no other field", z.object({ a: z.string().meta({ label: "A" }) }), { a: "open" }],
  ["no empty secret", z.object({ a: secret, b: secret.nullable() }), { a: "********", b: null }],
  ["no field that the kind has dropped", z.object({}), { a: "open" }],
  ["every field of a removed kind", undefined, { a: "********", b: null }],
])("maskSecrets masks %s", (_, input, masked) => {
  const given = "b" in masked ? { a: "open", b: null } : { a: "open" };
  expect(maskSecrets(given, input && { input })).toEqual(masked);
});
