/** Writes contacts as a CSV file, in pieces, so that an interrupted export continues. */
import type { JobContext } from "../../../server/job.ts";
import { BYTE_ORDER_MARK, formatRow, formatRows } from "../csv/write-rows.ts";
import { contactFields } from "./fields.ts";

/** The cursor of an export. */
export interface ExportProgress {
  /** The email of the last contact written. */
  email: string;
  pieces: number;
}

type Contact = Record<(typeof columns)[number], string>;

/** Contacts per query; each page becomes one piece of the file. */
const pageSize = 5_000;
const columns = contactFields.map(({ name }) => name);
/** U+10FFFF sorts last in UTF-8. */
const highestCharacter = "\u{10ffff}";

/** @param prefix exports only contacts whose email starts with it; empty for all */
export async function writeExportPieces(
  job: JobContext,
  prefix: string,
  page = pageSize,
): Promise<ExportProgress> {
  let exported: ExportProgress = { email: "", pieces: 0 };
  await job.batches<Contact, ExportProgress>({
    total: prefix ? undefined : await countContacts(job),
    async *from(cursor) {
      exported = cursor ?? exported;
      for (;;) {
        const items = await listContactsAfter(exported.email);
        if (items.length === 0) return;
        const text = formatRows(items.map((contact) => columns.map((name) => contact[name])));
        await job.scratch.write(pieceName(exported.pieces), [Buffer.from(text)]);
        exported = { email: items.at(-1)!.email, pieces: exported.pieces + 1 };
        yield { items, cursor: exported };
        if (items.length < page) return;
      }
    },
    write: async (contacts) => ({ succeeded: contacts.length }),
  });
  return exported;

  /** Keyset pagination: unlike OFFSET, the last page costs as much as the first. */
  async function listContactsAfter(email: string): Promise<Contact[]> {
    let query = job.db
      .selectFrom("contacts")
      .select(columns)
      .where("account_id", "=", job.accountId)
      .where("email", ">", email)
      .orderBy("email")
      .limit(page);
    if (prefix)
      query = query.where("email", ">=", prefix).where("email", "<", prefix + highestCharacter);
    return query.execute() as Promise<Contact[]>;
  }
}

/** Joins the pieces into the result file. */
export async function writeExport(job: JobContext, pieces: number): Promise<void> {
  await job.file({ name: "contacts.csv", type: "text/csv" }, content());

  async function* content() {
    yield BYTE_ORDER_MARK + formatRow(contactFields.map(({ label }) => label));
    for (let number = 0; number < pieces; number++) yield* job.scratch.read(pieceName(number));
  }
}

async function countContacts({ db, accountId }: JobContext): Promise<number> {
  const account = await db
    .selectFrom("accounts")
    .select("contact_count")
    .where("id", "=", accountId)
    .executeTakeFirst();
  return account?.contact_count ?? 0;
}

function pieceName(number: number): string {
  return `contacts-${number}`;
}
