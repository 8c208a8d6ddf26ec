/** The settings and secrets that kinds declare with `env`, as this process was started with them. */
import { pickVariables } from "./config.ts";
import type { Kind } from "./job.ts";

export interface KindSettings {
  /** What the kind gets as `job.env`; empty while a setting is missing. */
  values: Readonly<Record<string, unknown>>;
  /** The names of the settings that are missing or not valid, in their order. */
  missing: readonly string[];
  /** Why, for the log: "FCM_KEY: Required". */
  problems: readonly string[];
  /** Replaces values by their names, so that no text of the kind shows a secret. */
  redact(text: string): string;
}

type WithSettings = Pick<Kind, "env">;

const none: KindSettings = { values: {}, missing: [], problems: [], redact: (text) => text };

const cache = new WeakMap<WithSettings, KindSettings>();

/** @param kind undefined if it was removed */
export function settingsOf(kind: WithSettings | undefined): KindSettings {
  if (!kind?.env) return none;
  const settings = cache.get(kind) ?? readSettings(kind);
  cache.set(kind, settings);
  return settings;
}

/** A shorter value is a word that texts contain anyway: "true", "de". */
const minRedactedLength = 6;

function readSettings({ env }: WithSettings): KindSettings {
  const names = Object.keys(env!.shape);
  const given = pickVariables(names);
  const parsed = env!.safeParse(given);
  const secrets = Object.entries(given)
    .filter(([, value]) => value.length >= minRedactedLength)
    // A value may contain another one.
    .sort(([, one], [, other]) => other.length - one.length);
  const redact = (text: string) =>
    secrets.reduce((all, [name, value]) => all.replaceAll(value, `[${name}]`), String(text));
  if (parsed.success) return { values: parsed.data, missing: [], problems: [], redact };
  const wrong = new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? names[0])));
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? "env");
    return name in given ? redact(`${name}: ${message}`) : `${name} is not set`;
  });
  return { values: {}, missing: names.filter((name) => wrong.has(name)), problems, redact };
}

/** Replaces secrets in an error of the kind, its stack and its causes. @returns the error */
export function redactError(thrown: unknown, { redact }: KindSettings): unknown {
  if (typeof thrown === "string") return redact(thrown);
  for (let error = thrown; error instanceof Error; error = error.cause) {
    // Some errors of Node have a message that cannot be set.
    Reflect.defineProperty(error, "message", { value: redact(error.message), configurable: true });
    if (error.stack) Reflect.defineProperty(error, "stack", { value: redact(error.stack) });
  }
  return thrown;
}
