/** The log of a job in examples. */
import type { JobLog, LogLineView } from "../../../presenters/log.ts";
import { time } from "../layout.ts";

/** A page of a log. @param different other values of properties */
export function logOf(id: string, lines: LogLineView[], different: Partial<JobLog> = {}): JobLog {
  return {
    id,
    lines,
    level: "",
    last: lines.at(-1)?.seq ?? 0,
    part: false,
    marked: 0,
    levels: [
      { id: "log-level-all", label: "All lines", href: `/jobs/${id}#log`, current: true },
      {
        id: "log-level-warn",
        label: "Warnings and errors",
        href: `/jobs/${id}?level=warn#log`,
        current: false,
      },
    ],
    earlier: { href: `/jobs/${id}?before=1#log`, hidden: true },
    laterHref: null,
    newestHref: null,
    downloadHref: `/jobs/${id}/log`,
    follows: true,
    none: "Nothing logged",
    ...different,
  };
}

export const logLines: LogLineView[] = [
  { seq: 1, level: "info", message: "Read 100,000 rows, 8 columns, UTF-8", time: time("14:04") },
  { seq: 2, level: "warn", message: "Row 14: missing email", time: time("14:04") },
  {
    seq: 3,
    level: "info",
    message: "Resumed after row 31,000 on another worker",
    time: time("14:05"),
  },
  {
    seq: 4,
    level: "error",
    message: "Row 42,007: “ada@” <is> invalid",
    time: time("14:05"),
  },
  {
    seq: 5,
    level: "note",
    message: "1,204 lines dropped: more than 1,000 a second",
    time: time("14:06"),
  },
];
