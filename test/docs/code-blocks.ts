/** Reads the code blocks of the documentation. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface CodeBlock {
  /** The page and line: "docs/kinds.md:7" */
  place: string;
  /** "ts", "eta", "sh", … */
  language: string;
  /** The file that the block is, from the root of the project; empty for others. */
  path: string;
  text: string;
}

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

export function readCodeBlocks(): CodeBlock[] {
  return pages.flatMap((page) => blocksOf(page, readFileSync(join(root, page), "utf8")));
}

function blocksOf(page: string, markdown: string): CodeBlock[] {
  const fence = /^```(\w*) ?(\S*)\n(.*?)^```$/gms;
  return [...markdown.matchAll(fence)].map(
    ({ 1: language = "", 2: path = "", 3: text = "", index }) => {
      const line = markdown.slice(0, index).split("\n").length;
      return { place: `${page}:${line}`, language, path, text };
    },
  );
}

/** @returns the commands of a shell block, without comments and with continued lines joined */
export function commandsOf({ text }: CodeBlock): string[] {
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter(Boolean);
}
