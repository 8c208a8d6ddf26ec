/** The query of GET /api/jobs. */
import { z } from "@hono/zod-openapi";
import { finalStatuses, type Status, statuses } from "../../engine/status.ts";
import { pageLimit } from "./page-limit.ts";
import { text } from "./text-schema.ts";

const maxIds = 200;
/** Each kind is a parameter of several queries, of which a database takes some thousands. */
export const maxKinds = 100;

const groups = {
  active: statuses.filter((status) => !finalStatuses.includes(status)),
  finished: finalStatuses,
};
const status = z.enum(["active", "finished", ...statuses]);

export const listQuery = z.strictObject({
  ids: separated(z.string())
    .pipe(z.array(z.string()).max(maxIds, `At most ${maxIds} ids`))
    .optional()
    .openapi({
      type: "string",
      description: `Up to ${maxIds} job IDs, separated by commas. Other parameters are ignored.`,
    }),
  status: separated(status)
    .optional()
    .openapi({
      type: "string",
      description: `\`active\`, \`finished\` or statuses (${statuses.join(", ")}), separated by commas.`,
    }),
  // Names of kinds are file names. Postgres rejects some other texts.
  type: separated(z.string().regex(/^[\w-]+$/, "Unknown kind"))
    .optional()
    .openapi({
      type: "string",
      description: `Up to ${maxKinds} kinds, separated by commas. More are answered with 400.`,
    }),
  scope: z.enum(["mine", "account"]).default("mine").meta({
    description:
      "`account` lists the jobs of everybody in the account. Members who are not owners get their own jobs.",
  }),
  q: text.trim().max(100).optional().meta({
    description:
      "Search words. Each must be the beginning of a word in the kind's title, the file name or the input; or send the first 8 or more characters of a job ID. For very common words, only the latest 1,000 jobs are searched.",
  }),
  from: dateTime(
    "Only jobs that finished at this time or later, and active jobs that were created then.",
  ),
  to: dateTime("Only jobs that finished, or for active jobs were created, before this time."),
  limit: pageLimit("jobs"),
  cursor: text.optional().meta({ description: "`next_cursor` of the previous page." }),
});

function dateTime(description: string) {
  return z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .optional()
    .openapi({ type: "string", format: "date-time", description });
}

function separated<Item extends z.ZodType<unknown, string>>(item: Item) {
  return z
    .string()
    .transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(item));
}

export function expandStatuses(names: z.infer<typeof status>[] | undefined): Status[] | undefined {
  return names?.flatMap((name) =>
    name in groups ? groups[name as keyof typeof groups] : (name as Status),
  );
}
