/** What somebody did with a job, as a sentence. Pure. */
import type { AuditRow } from "../backend/schema.ts";

type Deed = Pick<AuditRow, "action" | "via" | "file_name">;

/** @param who "You", "Ada Lovelace" */
export function auditText(who: string, deed: Deed): string {
  const through = deed.via === "api" ? ", through the API" : "";
  return `${who} ${did(deed)}${through}`;
}

function did({ action, file_name }: Deed): string {
  switch (action) {
    case "started":
      return "started it";
    case "cancelled":
      return "cancelled it";
    case "paused":
      return "paused it";
    case "resumed":
      return "resumed it";
    case "started_now":
      return "started it before its time";
    case "retried":
      return "started it again";
    case "started_again":
      return "started it again with other input";
    case "downloaded":
      return `downloaded ${file_name ?? "a file"}`;
  }
}
