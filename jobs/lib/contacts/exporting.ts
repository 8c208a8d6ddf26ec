/** The audience as a CSV file, written in pieces so that a job which stops can go on. */
import type { JobContext } from "../../../server/job.ts";
import { BYTE_ORDER_MARK, csvLine, csvText } from "../csv/write.ts";
import { contactFields } from "./fields.ts";

/** How far the reading is. */
export interface Exported {
  /** The last one written. */
  email: string;
  pieces: number;
}

type Contact = Record<(typeof columns)[number], string>;

/** Contacts read at a time, each page a piece of the file. */
const PAGE = 5_000;
const columns = contactFields.map(({ name }) => name);
/** U+10FFFF sorts last in UTF-8. */
const last = "\u{10ffff}";

/** @param prefix only contacts whose email begins with this; empty for all */
export async function writePieces(job: JobContext, prefix: string, page = PAGE): Promise<Exported> {
  let exported: Exported = { email: "", pieces: 0 };
  await job.batches<Contact, Exported>({
    total: prefix ? undefined : await contactCount(job),
    async *from(cursor) {
      exported = cursor ?? exported;
      for (;;) {
        const items = await contactsBehind(exported.email);
        if (items.length === 0) return;
        const text = csvText(items.map((contact) => columns.map((name) => contact[name])));
        await job.scratch.write(pieceName(exported.pieces), [Buffer.from(text)]);
        exported = { email: items.at(-1)!.email, pieces: exported.pieces + 1 };
        yield { items, cursor: exported };
        if (items.length < page) return;
      }
    },
    write: async (contacts) => ({ succeeded: contacts.length }),
  });
  return exported;

  /** By keyset, never by offset: the ten thousandth page costs what the first does. */
  async function contactsBehind(email: string): Promise<Contact[]> {
    let query = job.db
      .selectFrom("contacts")
      .select(columns)
      .where("account_id", "=", job.accountId)
      .where("email", ">", email)
      .orderBy("email")
      .limit(page);
    if (prefix) query = query.where("email", ">=", prefix).where("email", "<", prefix + last);
    return query.execute() as Promise<Contact[]>;
  }
}

/** Puts the pieces together into the file that the job leaves. */
export async function keepExport(job: JobContext, pieces: number): Promise<void> {
  await job.file({ name: "contacts.csv", type: "text/csv" }, content());

  async function* content() {
    yield BYTE_ORDER_MARK + csvLine(contactFields.map(({ label }) => label));
    for (let number = 0; number < pieces; number++) yield* job.scratch.read(pieceName(number));
  }
}

async function contactCount({ db, accountId }: JobContext): Promise<number> {
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
