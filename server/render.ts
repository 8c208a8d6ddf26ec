/**
 * Compiles each file of `views/` into a function. Pages, htmx responses and the event stream call the
 * same function, so that they cannot disagree. Calling it directly, without Eta's look-up by path,
 * halves the time of a small partial.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { compileTemplate, escapeFunction, type TemplateCode } from "./template-code.ts";
import { runtimeError, syntaxError, Unprintable } from "./template-error.ts";
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
  /** Called with the data of each template that is rendered. */
  onRender?: (name: string, data: unknown) => void;
}

type Include = (name: string, data: unknown) => string;
type Template = (it: unknown, include: Include, templateFor: Renderer["templateFor"]) => string;

/** @throws if a template does not parse: at once with `cache`, otherwise when it is rendered */
export function createRenderer(options: RenderOptions): Renderer {
  const { viewsDir, strict, cache, onRender } = options;
  const compile = compiler(strict);
  const load = (name: string): Template => compile(name, readFileSync(pathOf(name), "utf8"));
  const templates = new Map(cache ? namesIn(viewsDir).map((name) => [name, load(name)]) : []);
  const loaded = new Map<string, { source: string; template: Template }>();

  function pathOf(name: string): string {
    return join(viewsDir, `${name}.eta`);
  }

  /** Reads the file, and compiles it again if it has changed. */
  function reload(name: string): Template {
    const source = readFileSync(pathOf(name), "utf8");
    const before = loaded.get(name);
    if (before?.source === source) return before.template;
    const template = compile(name, source);
    loaded.set(name, { source, template });
    return template;
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
    const template = templates.get(name) ?? (!cache && exists(name) ? reload(name) : undefined);
    if (!template) throw new Error(`No template views/${name}.eta`);
    return template(data, included, templateFor);
  }

  // Only where somebody listens: a frame is rendered many times a second.
  const included: Include = onRender
    ? (name, data) => {
        onRender(name, data);
        return include(name, data);
      }
    : include;

  return {
    page: (name, data) =>
      included("layout", { ...(data as { layout: object }).layout, body: included(name, data) }),
    partial: included,
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

/** The lines of the function before the body of the template. */
const lineOffset = 2;

function compiler(strict: boolean): (name: string, source: string) => Template {
  return (name, source) => {
    const file = `views/${name}.eta`;
    const code = parsed(file, source);
    // Catching costs nothing until something is thrown, but production has no use for the place.
    const guarded = strict ? `try {\n${code.body}\n} catch (error) { fail(error) }` : code.body;
    const make = compiled(
      `return (it, include, templateFor) => { const __eta = { res: "", e: escapeFunction, f: printable };
${guarded}
return __eta.res; }`,
      ["escapeFunction", "printable", "fail"],
      { file, code },
    );
    return make(escapeFunction, printable, (error: unknown) => {
      throw runtimeError(error, { file, code, lineOffset });
    });
  };

  function parsed(file: string, source: string): TemplateCode {
    try {
      return compileTemplate(source, { checks: strict });
    } catch (error) {
      throw syntaxError(error, { file, lineOffset });
    }
  }
}

function compiled(
  source: string,
  parameters: string[],
  { file, code }: { file: string; code: TemplateCode },
): (...values: unknown[]) => Template {
  try {
    // The body alone first: a brace too many, or too few, would else be an error of the code around it.
    compileFunction(code.body, ["it"], { filename: file });
  } catch (error) {
    throw syntaxError(error, { file, code, lineOffset: 0 });
  }
  return compileFunction(source, parameters, { filename: file }) as never;
}

function printable(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && !Number.isNaN(value)) return String(value);
  throw new Unprintable(
    `cannot print ${typeof value === "object" ? value && "an object" : String(value)}`,
  );
}
