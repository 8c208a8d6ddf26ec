/** The table of contents of a backup. */
import { z } from "zod";

export const manifestName = "manifest.json";
export const databaseName = "headway.db";
export const secretName = "secret";
/** The name of a file of people in the archive. @param key its key in the storage */
export const nameOfKey = (key: string) => `files/${key}`;

const manifestSchema = z.object({
  /** Grows with changes that older versions cannot restore. */
  format: z.literal(1, "it was made by a newer version of Headway"),
  /** The state of the database, ms since 1970. */
  backupAt: z.number(),
  entries: z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() })),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = Manifest["entries"][number];

/** @throws an error with the reason */
export function parseManifest(text: string): Manifest {
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues[0]!.message);
}

/** @returns the storage key of an entry, or undefined for the database, the secret and the manifest */
export function keyOfName(name: string): string | undefined {
  return name.startsWith("files/") ? name.slice("files/".length) : undefined;
}
