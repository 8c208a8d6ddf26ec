/** What a job was started with, as people gave it. */
import type { z } from "zod";
import type { JobRow } from "../../backend/schema.ts";
import { isSecret } from "../../engine/start/is-secret.ts";
import type { AboutView } from "../../presenters/jobs.ts";
import type { Services } from "../../services.ts";
import { findUpload } from "../../storage/uploads.ts";

/** An upload by its name, a choice by its words; not a secret, what was left empty, or no single value. */
export async function describeInput(
  { backend, catalog }: Services,
  job: JobRow,
): Promise<AboutView["input"]> {
  const input: Record<string, unknown> = JSON.parse(job.input);
  const facts: AboutView["input"] = [];
  for (const [field, type] of Object.entries(catalog.get(job.kind)?.input.shape ?? {})) {
    const value = input[field];
    if (value === undefined || value === null || value === "" || typeof value === "object")
      continue;
    const { label = words(field), ...meta } = (type as z.ZodType).meta() ?? {};
    const text = isSecret(type) ? "••••••••" : await shown(backend, String(value), meta);
    facts.push({ label, value: text });
  }
  return facts;
}

async function shown(backend: Services["backend"], value: string, meta: z.GlobalMeta) {
  if (meta.upload) return uploadName(backend, value);
  return meta.options?.[value] ?? value;
}

function words(field: string): string {
  const text = field.replaceAll("_", " ").replace(/ id$/, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function uploadName(backend: Services["backend"], id: string): Promise<string> {
  const upload = await findUpload(backend, id);
  return upload?.name ?? "a file that was deleted";
}
