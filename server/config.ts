/** The settings. No other file reads the environment. */
import { accessSync, constants, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { availableParallelism } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { z } from "zod";
import { ConfigError } from "./config-error.ts";
import type { Limits } from "./limits.ts";
import { minSecretLength, readOrCreateSecret } from "./secret-file.ts";
import { type BucketAddress, readBucketAddress } from "./storage/bucket-address.ts";

export interface Config {
  port: number;
  host: string;
  /** The address of the application without a trailing slash; null: the host of each request. */
  publicUrl: string | null;
  /** `postgres://…`, or the path of a SQLite file. */
  databaseUrl: string;
  /** Address of the database server itself if `databaseUrl` leads to a pooler; null: `databaseUrl`. */
  listenUrl: string | null;
  storageDir: string;
  /** The bucket for files; null: `storageDir`. */
  bucket: BucketAddress | null;
  /** Signs sessions, form tokens and links. */
  secret: string;
  /** False: the secret was generated, and is stored in `storageDir`. */
  secretIsSet: boolean;
  /** Shared runner processes of one worker. */
  runners: number;
  /** Jobs that one worker runs concurrently. */
  concurrency: number;
  /** Folders with the files of kinds. */
  jobsDirs: string[];
  /** Number of trusted reverse proxies, each of which appends to `X-Forwarded-For`. */
  proxies: number;
  maxUploadBytes: number;
  /** The most that an account or a person may use. */
  limits: Limits;
  /** Accounts that one network can create in an hour. */
  maxSignUpsPerHour: number;
  /** Time in which the headers of a request arrive. */
  headersTimeoutMs: number;
  /** Time in which the body of a request arrives, other than an upload. */
  bodyTimeoutMs: number;
  /** Time without a byte after which an upload is cut. */
  uploadIdleMs: number;
  /** Days from the end of a job to its deletion. */
  retentionDays: number;
  production: boolean;
  /** Pages reload when a template changes. */
  development: boolean;
  logLevel: string;
  /** Separate port for `/metrics`; null: metrics are not served. */
  metricsPort: number | null;
  /** The address on which `/metrics` is served. */
  metricsHost: string;
  /** Whom to tell of a vulnerability, as a URL; null: `/.well-known/security.txt` does not exist. */
  securityContact: string | null;
}

const root = join(import.meta.dirname, "..");
const wholeNumber = (name: string, from: number, to: number) =>
  z.coerce
    .number({ error: `${name} must be a whole number from ${from} to ${to}` })
    .int(`${name} must be a whole number from ${from} to ${to}`)
    .min(from, `${name} must be a whole number from ${from} to ${to}`)
    .max(to, `${name} must be a whole number from ${from} to ${to}`);

/** 0 stands for no limit. */
const limit = (name: string, to: number) =>
  wholeNumber(name, 0, to).transform((max) => max || Number.POSITIVE_INFINITY);

const postgres = /^postgres(ql)?:\/\//;

const settings = z.object({
  PORT: wholeNumber("PORT", 0, 65_535).default(3000),
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
    .min(minSecretLength, `SECRET must have at least ${minSecretLength} characters`)
    .optional(),
  RUNNERS: wholeNumber("RUNNERS", 1, 64).default(Math.min(4, availableParallelism())),
  CONCURRENCY: wholeNumber("CONCURRENCY", 1, 1_000).default(20),
  PROXIES: wholeNumber("PROXIES", 0, 10).default(0),
  JOBS_DIR: z.string().default(join(root, "jobs")),
  UPLOAD_LIMIT_MB: wholeNumber("UPLOAD_LIMIT_MB", 1, 100_000).default(2_000),
  STARTS_LIMIT: limit("STARTS_LIMIT", 1_000_000).prefault(600),
  QUEUE_LIMIT: limit("QUEUE_LIMIT", 10_000_000).prefault(10_000),
  SCHEDULES_LIMIT: limit("SCHEDULES_LIMIT", 1_000_000).prefault(100),
  STORAGE_LIMIT_GB: limit("STORAGE_LIMIT_GB", 1_000_000).prefault(10),
  PARALLEL_UPLOADS_LIMIT: limit("PARALLEL_UPLOADS_LIMIT", 100_000).prefault(20),
  UNFINISHED_UPLOADS_LIMIT: limit("UNFINISHED_UPLOADS_LIMIT", 1_000_000).prefault(100),
  STREAMS_LIMIT: limit("STREAMS_LIMIT", 1_000_000).prefault(200),
  SIGN_UPS_LIMIT: limit("SIGN_UPS_LIMIT", 1_000_000).prefault(20),
  HEADERS_TIMEOUT_SECONDS: wholeNumber("HEADERS_TIMEOUT_SECONDS", 1, 600).default(20),
  BODY_TIMEOUT_SECONDS: wholeNumber("BODY_TIMEOUT_SECONDS", 1, 3_600).default(30),
  UPLOAD_IDLE_SECONDS: wholeNumber("UPLOAD_IDLE_SECONDS", 1, 3_600).default(60),
  RETENTION_DAYS: wholeNumber("RETENTION_DAYS", 1, 36_500).default(90),
  METRICS_PORT: wholeNumber("METRICS_PORT", 1, 65_534).optional(),
  METRICS_HOST: z.string().default("127.0.0.1"),
  SECURITY_CONTACT: z
    .url({
      protocol: /^(mailto|https|tel)$/,
      error: "SECURITY_CONTACT must be an address such as mailto:security@headway.example",
    })
    .optional(),
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"], {
      error: "LOG_LEVEL must be trace, debug, info, warn, error or silent",
    })
    .default("info"),
});

/**
 * @throws ConfigError for the first invalid setting, a storage folder that is not writable, or a
 * truncated secret file
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = settings.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw new ConfigError(parsed.error.issues[0]!.message);
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
    secret: set.SECRET ?? readOrCreateSecret(storageDir),
    secretIsSet: set.SECRET !== undefined,
    runners: set.RUNNERS,
    concurrency: set.CONCURRENCY,
    jobsDirs: set.JOBS_DIR.split(delimiter).map(readableFolder),
    proxies: set.PROXIES,
    maxUploadBytes: set.UPLOAD_LIMIT_MB * 1_000_000,
    limits: {
      maxStartsPerMinute: set.STARTS_LIMIT,
      maxQueuedJobs: set.QUEUE_LIMIT,
      maxSchedules: set.SCHEDULES_LIMIT,
      maxStoredBytes: set.STORAGE_LIMIT_GB * 1_000_000_000,
      maxParallelUploads: set.PARALLEL_UPLOADS_LIMIT,
      maxUnfinishedUploads: set.UNFINISHED_UPLOADS_LIMIT,
      maxStreams: set.STREAMS_LIMIT,
    },
    maxSignUpsPerHour: set.SIGN_UPS_LIMIT,
    headersTimeoutMs: set.HEADERS_TIMEOUT_SECONDS * 1_000,
    bodyTimeoutMs: set.BODY_TIMEOUT_SECONDS * 1_000,
    uploadIdleMs: set.UPLOAD_IDLE_SECONDS * 1_000,
    retentionDays: set.RETENTION_DAYS,
    production: set.NODE_ENV === "production",
    development: set.NODE_ENV === "development",
    logLevel: set.LOG_LEVEL,
    metricsPort: set.METRICS_PORT ?? null,
    metricsHost: set.METRICS_HOST,
    securityContact: set.SECURITY_CONTACT ?? null,
  };
}

/** The address of the database itself, for what needs a session of its own. */
export function directUrl({ databaseUrl, listenUrl }: Config): string {
  return postgres.test(databaseUrl) ? (listenUrl ?? databaseUrl) : databaseUrl;
}

/** The environment of a development server: less log output, and pages that reload. */
export function developmentEnvironment(): NodeJS.ProcessEnv {
  return { LOG_LEVEL: "warn", ...process.env, NODE_ENV: "development" };
}

/** The environment of a child process with some settings replaced. An empty setting counts as not set. */
export function environmentWith(settings: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...settings };
}

const programVariables = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR)$/;

/** The environment of programs that jobs run. It has no setting of the application, such as a key. */
export function programEnvironment(): Record<string, string> {
  const all = Object.entries(process.env) as [string, string][];
  return Object.fromEntries(all.filter(([name]) => programVariables.test(name)));
}

/** The settings of a kind. An empty one counts as not set. @returns those that are set, by name */
export function pickVariables(
  names: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const given = names.map((name) => [name, environment[name]]);
  return Object.fromEntries(given.filter(([, value]) => value));
}

/** Nobody but the owner of the code may write here: what is in the cache is executed. */
export const compileCacheDir = join(import.meta.dirname, "../node_modules/.cache/headway-code");

/**
 * Keeps the compiled code of the modules that this process and its children load from now on, so that
 * workers and runners start with two thirds of the work. Does nothing where the code is read-only.
 */
export function cacheCompiledCode(): void {
  const { directory } = enableCompileCache(compileCacheDir);
  if (directory) process.env.NODE_COMPILE_CACHE ??= compileCacheDir;
}

/** Whether this process, or one that it descends from, is a script of package.json. */
export function isNpmScript(): boolean {
  return process.env.npm_lifecycle_event !== undefined;
}

function makeWritable(folder: string): void {
  try {
    // Only the owner may read what people upload.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    // The check above succeeds for root even on a read-only mount.
    writeFileSync(join(folder, ".writable"), "");
  } catch (error) {
    throw new ConfigError(
      `STORAGE_DIR ${folder} cannot be written to: ${(error as Error).message}`,
    );
  }
}

function readableFolder(given: string): string {
  const folder = resolve(given);
  try {
    readdirSync(folder);
  } catch (error) {
    throw new ConfigError(`JOBS_DIR ${folder} cannot be read: ${(error as Error).message}`);
  }
  return folder;
}
