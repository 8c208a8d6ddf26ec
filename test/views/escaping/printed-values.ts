/** Tells which tags of the templates print which values. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Tag {
  /** "contacts/_table: contact.name", with a number for the second one of the same text */
  name: string;
  /** "contact.name" */
  expression: string;
  /** Whether the value is printed as it is (`<%~`). */
  isRaw: boolean;
}

const printing = /<%([=~])([\s\S]*?)([-_]?)%>/g;

/** @returns the source of each template, by its name */
export function readTemplates(viewsDir: string): Map<string, string> {
  const paths = readdirSync(viewsDir, { recursive: true, encoding: "utf8" });
  const templates = paths.filter((path) => path.endsWith(".eta"));
  return new Map(
    templates.map((path) => [
      path.slice(0, -".eta".length).replaceAll("\\", "/"),
      readFileSync(join(viewsDir, path), "utf8"),
    ]),
  );
}

/** @returns the tags that print something, in the order of the source */
export function tagsOf(template: string, source: string): Tag[] {
  const seen = new Map<string, number>();
  return [...source.matchAll(printing)].map(([, sign, inner = ""]) => {
    const expression = inner.trim();
    const times = (seen.get(expression) ?? 0) + 1;
    seen.set(expression, times);
    const name = `${template}: ${expression}${times > 1 ? ` (${times})` : ""}`;
    return { name, expression, isRaw: sign === "~" };
  });
}

/** Writes copies of the templates, which put marks around each escaped value: `⟦number⟧value⟦/⟧`. */
export async function writeMarkedTemplates(
  dir: string,
  templates: ReadonlyMap<string, string>,
): Promise<Tag[]> {
  const tags: Tag[] = [];
  for (const [name, source] of templates) {
    const own = tagsOf(name, source)[Symbol.iterator]();
    const marked = source.replace(printing, (tag) => {
      const { value } = own.next();
      if (!value || value.isRaw) return tag;
      tags.push(value);
      return `⟦${tags.length - 1}⟧${tag}⟦/⟧`;
    });
    const path = join(dir, `${name}.eta`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, marked);
  }
  return tags;
}

/** @returns the number of the tag and the printed text of each mark */
export function markedValues(html: string): { tag: number; text: string }[] {
  return [...html.matchAll(/⟦(\d+)⟧([^⟦]*)⟦\/⟧/g)].map(([, number, text = ""]) => {
    return { tag: Number(number), text };
  });
}
