import type { SecurityEventDetails } from "../../accounts/security-log.ts";
import type { SecurityEventType } from "../../backend/enums.ts";
import { clientInfo } from "./form-fields.ts";
import type { PageServices, RouteContext } from "./layout.ts";

/**
 * Records what the client of the request did in the security log.
 * @param userId null if nobody has the email
 */
export function recordSecurityEvent(
  c: RouteContext,
  { accounts, config }: Pick<PageServices, "accounts" | "config">,
  type: SecurityEventType,
  userId: string | null,
  details?: SecurityEventDetails,
): Promise<void> {
  return accounts.securityLog.record({ type, userId, client: clientInfo(c, config), details });
}
