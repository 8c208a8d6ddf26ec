import type { Backend } from "../../backend/backend.ts";
import type { Kind } from "../../job.ts";
import { isUpload, readInputType } from "./input-type.ts";

/**
 * Finds values of lists that the kind does not offer to the account.
 * @returns a message for each such field
 */
export async function findUnoffered(
  backend: Pick<Backend, "readOnlyDb">,
  kind: Kind,
  input: Readonly<Record<string, unknown>>,
  { accountId, userId }: { accountId: string; userId: string },
): Promise<Record<string, string>> {
  const given = Object.entries(kind.input.shape).flatMap(([name, type]) => {
    const values = input[name];
    return Array.isArray(values) && !isUpload(type) ? [{ name, values }] : [];
  });
  if (!kind.choices || given.length === 0) return {};
  const { readOnlyDb: db } = backend;
  const choices = await kind.choices({ accountId, userId, db }, input);
  const errors: Record<string, string> = {};
  for (const { name, values } of given) {
    const isOrdered = readInputType(kind.input.shape[name]!).meta.ordered;
    if (!isOrdered && !choices[name]) continue;
    const offered = new Set(choices[name]?.map(({ value }) => value));
    const unknown = values.find((value) => !offered.has(String(value)));
    if (unknown !== undefined) errors[name] = `Unknown value “${unknown}”`;
  }
  return errors;
}
