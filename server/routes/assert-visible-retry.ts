import { can } from "../accounts/authorize.ts";
import type { Person } from "../accounts/person.ts";
import type { JobRow } from "../backend/schema.ts";
import { ActionRefused } from "../engine/action-refused.ts";

/**
 * A job is retried once, whoever asks first. That person's job may be hidden from the second one.
 * @throws ActionRefused `retried_by_another`
 */
export function assertVisibleRetry(person: Person, job: JobRow): void {
  if (!can(person, "see", job)) throw new ActionRefused("retried_by_another");
}
