/** The event of a claim, kept by the statements that claim: columns of a job's row as it is then. */
import { sql } from "kysely";

export const claimEvent = sql`
  case when fence = 1 then 'started' else 'continued' end,
  case when fence = 1 then 'Started'
    when reason = 'retry' then 'Retry ' || retries || ' of ' || max_retries || ' started'
    else 'Went on where it had stopped' end,
  '{"fence":' || fence || '}'`;

/** The type that it has for this row. */
export function claimType({ fence }: { fence: number }): "started" | "continued" {
  return fence === 1 ? "started" : "continued";
}
