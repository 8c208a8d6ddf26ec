/** The settings, read from the environment once; nothing else reads it. */
import { accessSync, constants, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { z } from "zod";
import { BadSetting } from "./bad-setting.ts";
import { keptSecret, shortestSecret } from "./kept-secret.ts";
import { type BucketAddress, readBucketAddress } from "./storage/s3/bucket-address.ts";

export interface Config {
  port: number;
  host: string;
  /** Where people reach the application, without a slash at its end; null: whatever host they ask for. */
  publicUrl: string | null;
  /** `postgres://…`, or the path of a SQLite file. */
  databaseUrl: string;
  /** Straight to the server where `databaseUrl` leads through a pooler; null: as `databaseUrl`. */
  listenUrl: string | null;
  storageDir: string;
  /** Where files are kept instead of in that folder; null: in that folder. */
  bucket: BucketAddress | null;
  /** Signs sessions, form tokens and links. */
  secret: string;
  /** False: it was made, and is kept in the folder. */
  secretIsSet: boolean;
  /** Runner processes of one worker that are kept for sharing. */
  runners: number;
  /** Jobs that one worker runs at a time. */
  concurrency: number;
  /** Folders with kinds. */
  jobsDirs: string[];
  /** Reverse proxies in front, each of which adds to `X-Forwarded-For` whom it was asked by. */
  proxies: number;
  /** Largest upload, bytes. */
  uploadLimit: number;
  /** Jobs are kept for this long after their end. */
  retentionDays: number;
  production: boolean;
  /** Pages load themselves again when a template changes. */
  development: boolean;
  logLevel: string;
  /** Where `/metrics` is served, apart from the pages; null: nowhere. */
  metricsPort: number | null;
}

const root = join(import.meta.dirname, "..");
const whole = (name: string, from: number, to: number) =>
  z.coerce
    .number({ error: `${name} must be a whole number from ${from} to ${to}` })
    .int(`${name} must be a whole number from ${from} to ${to}`)
    .min(from, `${name} must be a whole number from ${from} to ${to}`)
    .max(to, `${name} must be a whole number from ${from} to ${to}`);

const postgres = /^postgres(ql)?:\/\//;

const settings = z.object({
  PORT: whole("PORT", 0, 65_535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  PUBLIC_URL: z.url("PUBLIC_URL must be an address such as https://headway.example").optional(),
  DATABASE_URL: z
    .string()
    .regex(postgres, "DATABASE_URL must begin with postgres://, or be left out for SQLite")
    .optional(),
  DATABASE_LISTEN_URL: z
    .string()
    .regex(postgres, "DATABASE_LISTEN_URL must begin with postgres://")
    .optional(),
  STORAGE_DIR: z.string().default("./storage"),
  STORAGE_URL: z
    .string()
    .transform((url, context) => {
      const address = readBucketAddress(url);
      if (typeof address !== "string") return address;
      context.addIssue(`STORAGE_URL ${address}`);
      return z.NEVER;
    })
    .optional(),
  SECRET: z
    .string()
    .min(shortestSecret, `SECRET must have at least ${shortestSecret} characters`)
    .optional(),
  RUNNERS: whole("RUNNERS", 1, 64).default(Math.min(4, availableParallelism())),
  CONCURRENCY: whole("CONCURRENCY", 1, 1_000).default(20),
  PROXIES: whole("PROXIES", 0, 10).default(0),
  JOBS_DIR: z.string().default(join(root, "jobs")),
  UPLOAD_LIMIT_MB: whole("UPLOAD_LIMIT_MB", 1, 100_000).default(2_000),
  RETENTION_DAYS: whole("RETENTION_DAYS", 1, 36_500).default(90),
  METRICS_PORT: whole("METRICS_PORT", 1, 65_534).optional(),
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"], {
      error: "LOG_LEVEL must be trace, debug, info, warn, error or silent",
    })
    .default("info"),
});

/**
 * @throws BadSetting for the first setting that cannot be used, a storage folder that is not
 * writable, or a kept secret that is cut off
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = settings.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw new BadSetting(parsed.error.issues[0]!.message);
  const set = parsed.data;
  const storageDir = resolve(set.STORAGE_DIR);
  makeWritable(storageDir);
  return {
    port: set.PORT,
    host: set.HOST,
    publicUrl: set.PUBLIC_URL?.replace(/\/+$/, "") ?? null,
    databaseUrl: set.DATABASE_URL ?? join(storageDir, "headway.db"),
    listenUrl: set.DATABASE_LISTEN_URL ?? null,
    storageDir,
    bucket: set.STORAGE_URL ?? null,
    secret: set.SECRET ?? keptSecret(storageDir),
    secretIsSet: set.SECRET !== undefined,
    runners: set.RUNNERS,
    concurrency: set.CONCURRENCY,
    jobsDirs: set.JOBS_DIR.split(delimiter).map(readable),
    proxies: set.PROXIES,
    uploadLimit: set.UPLOAD_LIMIT_MB * 1_000_000,
    retentionDays: set.RETENTION_DAYS,
    production: set.NODE_ENV === "production",
    development: set.NODE_ENV === "development",
    logLevel: set.LOG_LEVEL,
    metricsPort: set.METRICS_PORT ?? null,
  };
}

/** What a process started for development gets: what was set, made quiet and eager to reload. */
export function developmentEnvironment(): NodeJS.ProcessEnv {
  return { LOG_LEVEL: "warn", ...process.env, NODE_ENV: "development" };
}

/** What a process gets that is started with some settings of its own; empty is as if not set. */
export function withSettings(own: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...own };
}

function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    // Root passes the check above even on a read-only mount.
    writeFileSync(join(folder, ".writable"), "");
  } catch (error) {
    throw new BadSetting(`STORAGE_DIR ${folder} cannot be written to: ${(error as Error).message}`);
  }
}

function readable(given: string): string {
  const folder = resolve(given);
  try {
    readdirSync(folder);
  } catch (error) {
    throw new BadSetting(`JOBS_DIR ${folder} cannot be read: ${(error as Error).message}`);
  }
  return folder;
}
