/** The values of text columns with a fixed set of values, for the schema, the API and the pages. */

export const memberRoles = ["owner", "member"] as const;
export type MemberRole = (typeof memberRoles)[number];

export const stepStatuses = ["waiting", "running", "done"] as const;
export type StepStatus = (typeof stepStatuses)[number];

/**
 * The rights of an API token: `read` reads, `start` also starts jobs and uploads files, `all` does
 * everything that its person may do.
 */
export const tokenScopes = ["read", "start", "all"] as const;
export type TokenScope = (typeof tokenScopes)[number];

export const securityEventTypes = [
  "signed_up",
  "signed_in",
  "sign_in_failed",
  "signed_out",
  "password_failed",
  "password_changed",
  "session_revoked",
  "other_sessions_revoked",
  "token_created",
  "token_revoked",
  "two_factor_enabled",
  "two_factor_disabled",
  "second_factors_reset",
  "recovery_codes_created",
  "passkey_added",
  "passkey_removed",
  "role_changed",
  "downloaded",
] as const;
export type SecurityEventType = (typeof securityEventTypes)[number];

/** The engine itself writes a note, for example about dropped lines. */
export const logLevels = ["info", "warn", "error", "note"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The roles of files that people can download; the third, `internal`, is for other jobs. */
export const downloadRoles = ["result", "rejected"] as const;
export type DownloadRole = (typeof downloadRoles)[number];

export const auditActions = [
  "started",
  "cancelled",
  "paused",
  "resumed",
  "started_now",
  "rescheduled",
  "retried",
  "started_again",
  "followed_up",
  "downloaded",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** `page`: a person used a page; `api`: a program used the API; `schedule`: a time of a schedule came. */
export const auditSources = ["page", "api", "schedule"] as const;
export type AuditSource = (typeof auditSources)[number];

export const contactEditActions = ["updated", "deleted"] as const;
export type ContactEditAction = (typeof contactEditActions)[number];
