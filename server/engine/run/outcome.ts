/** Checks what the `run` of a kind returned, because kinds may run without a check of their types. */
import type { Outcome } from "../../job.ts";
import { KindError } from "../kind-error.ts";

/** An outcome whose data is ready to be stored. */
export interface CheckedOutcome {
  message: string;
  page: string | undefined;
  /** JSON; undefined without data. */
  data: string | undefined;
  /** A sentence for the log of the job, or undefined. */
  warning?: string;
}

/** It is read with each page of the job. `server/job.ts` documents it for authors of kinds. */
const maxDataBytes = 256_000;

/** The pages of Headway that show what jobs did. */
const resultPages = [/^\/contacts(\/[^/?]+)?(\?|$)/, /^\/jobs(\/[^/?]+)?(\?|$)/];

/** @throws KindError for an outcome that cannot be stored */
export function checkOutcome(outcome: Outcome): CheckedOutcome {
  if (typeof outcome?.message !== "string") {
    throw new KindError("A kind's run returns { message }, a sentence about how it ended");
  }
  const { message, page } = outcome;
  const data = formatData(outcome.data);
  if (page === undefined || resultPages.some((known) => known.test(page))) {
    return { message, page, data };
  }
  return { message, page: undefined, data, warning: `There is no page "${page}" to link to` };
}

function formatData(data: unknown): string | undefined {
  if (data === undefined) return undefined;
  // Throws for circles and large integers, and returns undefined for functions.
  const json = JSON.stringify(data) as string | undefined;
  if (json === undefined) throw new KindError("The data of a result is JSON");
  const bytes = Buffer.byteLength(json);
  if (bytes > maxDataBytes) {
    throw new KindError(
      `The data of a result has ${bytes.toLocaleString("en")} bytes, at most ${maxDataBytes.toLocaleString("en")} are kept. Write a file instead`,
    );
  }
  return json;
}
