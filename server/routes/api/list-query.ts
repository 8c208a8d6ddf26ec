/** What a list of jobs can be asked for. */
import { z } from "@hono/zod-openapi";
import { finalStatuses, type Status, statuses } from "../../engine/status.ts";

const maxIds = 200;
const page = { usual: 50, most: 200 };

const groups = {
  active: statuses.filter((status) => !finalStatuses.includes(status)),
  finished: finalStatuses,
};
const status = z.enum(["active", "finished", ...statuses]);

export const listQuery = z.object({
  ids: separated(z.string())
    .pipe(z.array(z.string()).max(maxIds, `At most ${maxIds} ids`))
    .optional()
    .openapi({
      type: "string",
      description: `Up to ${maxIds} ids, separated by commas; what else is asked for is not looked at then`,
    }),
  status: separated(status)
    .optional()
    .openapi({
      type: "string",
      description: `\`active\`, \`finished\` or statuses (${statuses.join(", ")}), separated by commas`,
    }),
  // Kinds are called as their files are; not every text is one that a database takes.
  type: separated(z.string().regex(/^[\w-]+$/, "No kind is called that"))
    .optional()
    .openapi({ type: "string", description: "Kinds, separated by commas" }),
  scope: z.enum(["mine", "account"]).default("mine").meta({
    description: "`account`: everybody's, for owners of the account; others get their own",
  }),
  q: z.string().trim().max(100).optional().meta({
    description:
      "Words: each begins a word of the kind's title, of the file's name or of the input; or the beginning of an id, of 8 characters or more. Of a word that very many jobs have, the latest 1,000 are looked at",
  }),
  from: moment("Only what ended then or later, and of what is not over what was started then"),
  to: moment("The same before that moment"),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(page.usual)
    .transform((limit) => Math.min(limit, page.most))
    .openapi({
      type: "integer",
      minimum: 1,
      default: page.usual,
      description: `Jobs on a page; more than ${page.most} is taken as ${page.most}`,
    }),
  cursor: z.string().optional().meta({ description: "`next_cursor` of the page before" }),
});

function moment(description: string) {
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
