/** Checks what a schedule is to start and when, before it is saved. */
import type { Backend } from "../../backend/backend.ts";
import type { Catalog } from "../../catalog.ts";
import { checkInput } from "../start/check-input.ts";
import { findUnoffered } from "../start/find-unoffered.ts";
import { findUploads } from "../start/job-uploads.ts";
import { InvalidInput, UnknownKind } from "../start/request.ts";
import { subjectOf } from "../start/subject.ts";
import { type Calendar, nextTime } from "./calendar.ts";
import { InvalidRepetition } from "./invalid-repetition.ts";
import { parseRepetition } from "./parse-repetition.ts";

/** A start that a schedule repeats. */
export interface ScheduledWork {
  kind: string;
  input: Record<string, unknown>;
  accountId: string;
  userId: string;
  /** The uploads that the input may name, as of a start. */
  uploadsOf: { accountId: string; userId?: string };
  /** Errors in other fields of the form. */
  errors?: Readonly<Record<string, string>> | undefined;
}

export interface CheckedWork {
  kind: string;
  /** JSON. */
  input: string;
  subject: string | null;
  uploadIds: string[];
}

/** @throws UnknownKind, InvalidInput */
export async function checkWork(
  backend: Backend,
  catalog: Catalog,
  { kind: name, input, accountId, userId, uploadsOf, errors }: ScheduledWork,
): Promise<CheckedWork> {
  const kind = catalog.get(name);
  if (!kind) throw new UnknownKind(name);
  const checked = checkInput(kind, input);
  if (!checked.ok) throw new InvalidInput({ ...checked.errors, ...errors });
  const found = await findUploads(backend, kind, checked.input, uploadsOf);
  const unoffered = await findUnoffered(backend, kind, checked.input, { accountId, userId });
  const all = { ...found.errors, ...unoffered, ...errors };
  if (Object.keys(all).length > 0) throw new InvalidInput(all);
  return {
    kind: name,
    input: JSON.stringify(checked.input),
    subject: subjectOf(kind, checked.input, found.uploads),
    uploadIds: found.uploads.map(({ id }) => id),
  };
}

export interface CheckedTimes extends Calendar {
  /** As it was typed. */
  repeats: string;
  /** The first time, ms since 1970. */
  nextAt: number;
}

const maxLength = 200;

/**
 * @param after ms since 1970: the first run comes after it
 * @throws InvalidRepetition also for a calendar without a time, such as 30 February
 */
export function checkTimes(
  { repeats, timeZone }: { repeats: string; timeZone: string },
  after: number,
): CheckedTimes {
  if (repeats.length > maxLength)
    throw new InvalidRepetition(`Use at most ${maxLength} characters`);
  const cron = parseRepetition(repeats);
  const nextAt = nextTime({ cron, timeZone }, after);
  if (nextAt === null) throw new InvalidRepetition("This time never comes");
  return { repeats: repeats.trim(), cron, timeZone, nextAt };
}
