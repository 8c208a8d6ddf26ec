import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../migrations");

/**
 * SHA-256 of each migration. When this test fails, restore the file and add a new migration: a
 * database that has run the old version never sees the change.
 *
 * Until the first release nobody has data, so the lead may still edit a migration. In that case
 * replace its hash with the output of `sha256sum migrations/*.ts`.
 */
const hashes = {
  "001_accounts.ts": "c5e3c9c932cba55335c6b9e122ef7d4972f82d2a8570f8fb7e4f75f90b88fe2d",
  "002_jobs.ts": "9c10901dbea5fcd4fcc977d3f5bdddf43ad406beecbff7b748acbcadf42c4150",
  "003_files.ts": "2e32dad775528be8ef547837994887db089d0e38701e16261935cced5d707f2a",
  "004_contacts.ts": "df1cb856090b2825d02700fd8888044e08df46c5262073059517db34a4eec487",
  "005_workers.ts": "b33a14eb1a29d23e29ff903d2ea2a42b5b391524471cf333caf05a4ce8fc9307",
  "006_contact_changes.ts": "516fb3ba9953bd9b432297bc9ac25c35f0a4153e8415afade78dedbdbd79994e",
  "007_partial_uploads.ts": "f25518d8ab6e4ee9c1771e008243bd077dcbc10404d6b95aaab882bf6978de16",
  "008_contact_search.ts": "b5b07df443573099e5fd488e0b1265b24717754b7743ac4233da7f6c9113488b",
  "009_file_items.ts": "9a5dec27182f530b4a0980ff3be5c87c71b9563afdc90ee4213718ff26c41820",
  "011_fairness.ts": "324d9db6e7584520194d94a80438763cb9c435018077ef08c3a67f622c3ff030",
  "013_rate_limits.ts": "0ca485a9935f03a659caa522308a0269a07dd243c1810f0a290afa72c270a914",
  "012_credentials.ts": "a0ad62cd60e96d0ea63ed835d6ea5fe818b954599f58d9044371dcc9a1174c8f",
  "014_transfers.ts": "e19e6088f10d9e40106694b053b2bf8e2f3580ee0fd0e66e636b1eb25c8b4fa9",
  "016_results.ts": "99356bffaf21b2ec1c50b193b4bc6bc5bc4827875f6fd1b0ccd797d0581d1012",
  "018_schedules.ts": "d005847640d0a748aaf374e96c3d480173d5ef60d34f6da634dc19180957e11f",
};

test("a migration never changes after it is written", () => {
  const found = readdirSync(folder)
    .sort()
    .map((name) => [name, sha256(readFileSync(join(folder, name)))]);
  expect(Object.fromEntries(found)).toEqual(hashes);
});

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
