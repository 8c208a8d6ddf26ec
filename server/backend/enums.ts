/** The values of text columns with a fixed set of values, for the schema, the API and the pages. */

export const memberRoles = ["owner", "member"] as const;
export type MemberRole = (typeof memberRoles)[number];

export const stepStatuses = ["waiting", "running", "done"] as const;
export type StepStatus = (typeof stepStatuses)[number];

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
  "retried",
  "started_again",
  "followed_up",
  "downloaded",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** `page`: a person used a page; `api`: a program used the API. */
export const auditSources = ["page", "api"] as const;
export type AuditSource = (typeof auditSources)[number];

export const contactEditActions = ["updated", "deleted"] as const;
export type ContactEditAction = (typeof contactEditActions)[number];
