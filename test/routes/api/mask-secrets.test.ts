import { expect, test } from "vitest";
import { z } from "zod";
import { maskSecrets } from "../../../server/routes/api/mask-secrets.ts";

const secret = z.string().meta({ secret: true });

test.each<[string, z.ZodObject | undefined, Record<string, unknown>]>([
  ["a field that is marked", z.object({ a: secret }), { a: "********" }],
  ["also where it may be left out", z.object({ a: secret.optional() }), { a: "********" }],
  ["also with a default", z.object({ a: secret.nullable().default("x") }), { a: "********" }],
  [
    "also where it is changed on its way",
    z.object({ a: secret.transform((text) => text.trim()) }),
    { a: "********" },
  ],
  ["no other field", z.object({ a: z.string().meta({ label: "A" }) }), { a: "open" }],
  [
    "nothing that is empty",
    z.object({ a: secret, b: secret.nullable() }),
    { a: "********", b: null },
  ],
  ["a field that the kind does not know any more", z.object({}), { a: "open" }],
  ["everything where the kind is gone", undefined, { a: "********", b: null }],
])("masks %s", (_, input, masked) => {
  const given = "b" in masked ? { a: "open", b: null } : { a: "open" };
  expect(maskSecrets(given, input && { input })).toEqual(masked);
});
