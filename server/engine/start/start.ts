import type { Backend } from "../../backend/backend.ts";
import type { Catalog } from "../../catalog.ts";
import type { Kind } from "../../job.ts";
import { settingsOf } from "../../kind-settings.ts";
import { checkInput } from "./check-input.ts";
import { findByIdempotencyKey, findBySharedKey, refuseIfActive } from "./duplicates.ts";
import { findUnoffered } from "./find-unoffered.ts";
import { inputFingerprint } from "./fingerprint.ts";
import { insertJob } from "./insert-job.ts";
import { findUploads } from "./job-uploads.ts";
import {
  InvalidInput,
  MissingSettings,
  type Started,
  type StartRequest,
  UnknownKind,
} from "./request.ts";
import { findReachedLimit } from "./start-limits.ts";

/**
 * Validates the request, and inserts the job with all its rows in one transaction.
 * @throws UnknownKind, InvalidInput, MissingSettings; LimitReached with `limits`; AlreadyActive with
 * `unlessActive`; what `before` throws
 */
export async function start(
  backend: Backend,
  catalog: Catalog,
  given: StartRequest,
): Promise<Started> {
  const { kind, checked, request } = resolveKind(catalog, given);
  const { uploadsOf = { accountId: request.accountId } } = request;
  const input = checked.ok ? JSON.stringify(checked.input) : "";
  const found = checked.ok
    ? await findUploads(backend, kind, checked.input, uploadsOf)
    : { errors: checked.errors, uploads: [] };
  const unoffered = checked.ok ? await findUnoffered(backend, kind, checked.input, request) : {};
  const errors = { ...found.errors, ...unoffered, ...request.errors };
  if (!checked.ok || Object.keys(errors).length > 0) {
    // A repeated start returns the same job even if the input has become invalid, such as when the
    // uploaded file was deleted.
    const earlier = await findByIdempotencyKey(backend.db, request, input);
    if (earlier) return earlier;
    throw new InvalidInput(errors);
  }
  const reached =
    findMissingSettings(kind) ??
    (request.limits && (await findReachedLimit(backend, request.accountId, request.limits)));
  if (reached) {
    // A repeated start starts nothing.
    const earlier = await findByIdempotencyKey(backend.db, request, input);
    if (earlier) return earlier;
    throw reached;
  }
  const { uploads } = found;
  const fingerprint = inputFingerprint(request.kind, checked.input, uploads);
  return backend.write(async (tx) => {
    await request.before?.(tx);
    const shared = await findBySharedKey(tx, request, input);
    if (shared) return shared;
    if (request.unlessActive) {
      const earlier = await refuseIfActive(tx, { ...request, fingerprint }, input);
      if (earlier) return earlier;
    }
    const job = await insertJob(tx, kind, {
      ...request,
      input,
      fingerprint,
      uploads,
      at: backend.now(),
    });
    if (job) await request.after?.(tx, job);
    if (job) return { job, repeated: false, sameInput: true };
    // Another start has used the key.
    return (await findByIdempotencyKey(tx.db, request, input))!;
  });
}

function findMissingSettings(kind: Kind): MissingSettings | undefined {
  const { missing } = settingsOf(kind);
  return missing.length > 0 ? new MissingSettings(missing) : undefined;
}

/** Some inputs are for another kind: an import that is only checked runs as a check. */
function resolveKind(catalog: Catalog, request: StartRequest) {
  const kind = catalog.get(request.kind);
  if (!kind) throw new UnknownKind(request.kind);
  const checked = checkInput(kind, request.input);
  const runsAs = checked.ok ? kind.runsAs?.(checked.input) : undefined;
  if (runsAs === undefined) return { kind, checked, request };
  const other = catalog.get(runsAs);
  if (!other) throw new UnknownKind(runsAs);
  const fields = Object.entries(request.input).filter(([name]) => name in other.input.shape);
  const input = Object.fromEntries(fields);
  return {
    kind: other,
    checked: checkInput(other, input),
    request: { ...request, kind: runsAs, input },
  };
}
