/**
 * Compiles each file of `views/` into a function. Pages, htmx responses and the event stream call the
 * same function, so that they cannot disagree. Calling it directly, without Eta's look-up by path,
 * halves the time of a small partial.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Eta } from "eta";
import type { DataOf, KindPart, PageName, TemplateName } from "./templates.ts";

export interface Renderer {
  /** Renders a whole document; `data.layout` is the data of `views/layout.eta`. */
  page<N extends PageName>(name: N, data: DataOf<N>): string;
  /** Renders one template, without the layout. */
  partial<N extends TemplateName>(name: N, data: DataOf<N>): string;
  /** @returns `jobs/<kind>/<part>` where the kind overrides the part, else `jobs/<part>` */
  templateFor<P extends KindPart>(kind: string, part: P): `jobs/${P}` | `jobs/${string}/${P}`;
  exists(name: string): boolean;
}

export interface RenderOptions {
  /** The folder of the templates, absolute. */
  viewsDir: string;
  /** Throw if a template prints null, undefined or an object. For development and tests. */
  strict: boolean;
  /** Compile all templates at the start. Otherwise each render reads its file, so edits show at once. */
  cache: boolean;
}

type Include = (name: string, data: unknown) => string;
type Template = (it: unknown, include: Include, templateFor: Renderer["templateFor"]) => string;

/** @throws if a template does not parse: at once with `cache`, otherwise when it is rendered */
export function createRenderer({ viewsDir, strict, cache }: RenderOptions): Renderer {
  const compile = compiler(strict);
  const load = (name: string): Template => compile(name, readFileSync(pathOf(name), "utf8"));
  const templates = new Map(cache ? namesIn(viewsDir).map((name) => [name, load(name)]) : []);

  function pathOf(name: string): string {
    return join(viewsDir, `${name}.eta`);
  }

  function exists(name: string): boolean {
    return cache ? templates.has(name) : isName(name) && existsSync(pathOf(name));
  }

  function templateFor<P extends KindPart>(
    kind: string,
    part: P,
  ): `jobs/${P}` | `jobs/${string}/${P}` {
    const name = `jobs/${kind}/${part}` as const;
    return exists(name) ? name : `jobs/${part}`;
  }

  // Eta's own include adds the including template's data to the partial's. A partial could then work
  // in its page, and print "undefined" where the event stream renders it alone.
  function include(name: string, data: unknown): string {
    const template = templates.get(name) ?? (!cache && exists(name) ? load(name) : undefined);
    if (!template) throw new Error(`No template views/${name}.eta`);
    return template(data, include, templateFor);
  }

  return {
    page: (name, data) =>
      include("layout", { ...(data as { layout: object }).layout, body: include(name, data) }),
    partial: include,
    templateFor,
    exists,
  };
}

/** Names may contain an identifier of a kind, which must not lead out of the folder. */
function isName(name: string): boolean {
  return /^[\w-]+(\/[\w-]+)*$/.test(name);
}

function namesIn(viewsDir: string): string[] {
  return readdirSync(viewsDir, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".eta"))
    .map((path) => path.slice(0, -".eta".length).replaceAll("\\", "/"));
}

function compiler(strict: boolean): (name: string, source: string) => Template {
  // `debug` records the line of each tag; `autoFilter` passes every printed value to `printable`.
  const eta = new Eta({ rmWhitespace: true, debug: strict, autoFilter: strict });
  const { escapeFunction } = eta.config;
  return (name, source) => {
    try {
      return functionOf(name, source);
    } catch (error) {
      throw new TemplateError(`views/${name}.eta`, error);
    }
  };

  function functionOf(name: string, source: string): Template {
    const body = eta.compileBody(eta.parse(source));
    const guarded = strict ? `try {\n${body}\n} catch (error) { fail(error, __eta.line) }` : body;
    const make = new Function(
      "escapeFunction",
      "printable",
      "fail",
      `return (it, include, templateFor) => {
        const __eta = { res: "", line: 1, e: escapeFunction, f: printable };
        ${guarded}
        return __eta.res;
      }
      //# sourceURL=views/${name}.eta`,
    );
    return make(escapeFunction, printable, (error: unknown, line: number) => {
      if (error instanceof TemplateError) throw error;
      throw new TemplateError(`views/${name}.eta, line ${line}`, error);
    });
  }
}

class TemplateError extends Error {
  override name = "TemplateError";
  constructor(location: string, cause: unknown) {
    super(`${location}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function printable(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && !Number.isNaN(value)) return String(value);
  throw new TypeError(`cannot print ${typeof value === "object" ? value && "an object" : value}`);
}
