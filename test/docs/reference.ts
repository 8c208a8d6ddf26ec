/** Makes pages of the documentation from the comments of source code. Pure. */
import { parse } from "@babel/parser";

/** The part of a node of the syntax tree that is read here. */
interface Node {
  type: string;
  start: number;
  end: number;
  leadingComments?: { type: string; value: string }[] | null;
  declaration?: Node | null;
  declarations?: (Node & { id: { name: string } })[];
  id?: { name?: string; value?: string };
  body?: Node | Node[];
}

export interface Section {
  /** The exported name. */
  name: string;
  /** Markdown. */
  text: string;
}

/** @param source the text of `server/job.ts` */
export function jobReference(source: string): string {
  const { comments } = parseSource(source);
  const [about = ""] = (comments ?? []).map(({ value }) => commentText(value));
  const made = "<!-- `npm run docs` makes this file from the comments of server/job.ts. -->";
  return page(["# Reference", made, about], readSections(source));
}

/** The interfaces that the templates of a kind get, by the file that has them. */
const templateData: Readonly<Record<string, readonly string[]>> = {
  "server/presenters/job.ts": ["JobView"],
  "server/presenters/job-steps.ts": ["StepView"],
  "server/presenters/result.ts": ["ResultView", "FileView", "PreviewView", "LinkView"],
  "server/presenters/job-form.ts": ["JobFormPage"],
  "server/presenters/form.ts": ["FieldView", "Option"],
  "server/text/dates.ts": ["TimeView"],
};

/** @param read returns the text of a file of the project */
export function templateReference(read: (path: string) => string): string {
  const sections = Object.entries(templateData).flatMap(([path, names]) =>
    readSections(read(path))
      .filter(({ name }) => names.includes(name))
      .map(({ name, text }) => ({ name, text: text.replace("\n", `\n\n\`${path}\`\n`) })),
  );
  const made = "<!-- `npm run docs` makes this file from the comments of server/presenters/. -->";
  const about =
    "The properties that the templates of a kind get: `JobView` in `details.eta`, `ResultView` in `result.eta`, `JobFormPage` in `form.eta`. Texts are ready to print. [Templates and their data](templates.md) says how to use them.";
  return page(["# Data of templates", made, about], sections);
}

function page(head: readonly string[], sections: readonly Section[]): string {
  const names = sections.map(({ name }) => `[${name}](#${name.toLowerCase()})`);
  return [...head, names.join(" · "), ...sections.map(({ text }) => text), ""].join("\n\n");
}

function parseSource(source: string) {
  return parse(source, { sourceType: "module", plugins: ["typescript"] });
}

/** @returns a section for each export, in the order of the file */
function readSections(source: string): Section[] {
  const { body } = parseSource(source).program;
  return (body as unknown as Node[]).flatMap((node) => sectionsOf(source, node));
}

function sectionsOf(source: string, node: Node): Section[] {
  // `declare module "zod"`: the metadata of input fields.
  if (node.type === "TSModuleDeclaration") {
    const inner = (node.body as Node).body as Node[];
    return inner.flatMap((each) => sectionOf(source, each, each));
  }
  if (node.type !== "ExportNamedDeclaration" || !node.declaration) return [];
  return sectionOf(source, node.declaration, node);
}

function sectionOf(source: string, node: Node, documented: Node): Section[] {
  const name = node.id?.name ?? node.declarations?.[0]?.id.name;
  if (!name) return [];
  const about = commentOf(documented);
  const members = membersOf(node).map((member) => memberText(source, member));
  const signature = members.length > 0 ? "" : `\`${signatureOf(source, node)}\``;
  const text = [`## ${name}`, signature, about, members.join("\n")].filter(Boolean).join("\n\n");
  return [{ name, text }];
}

function membersOf(node: Node): Node[] {
  if (node.type !== "TSInterfaceDeclaration" && node.type !== "ClassDeclaration") return [];
  const members = (node.body as Node).body as Node[];
  const isShown = ({ type }: Node) => type !== "ClassMethod";
  return members.filter(
    (member) => isShown(member) && commentOf(member) + node.type !== "ClassDeclaration",
  );
}

function memberText(source: string, member: Node): string {
  const about = commentOf(member).replaceAll("\n", "\n  ");
  return `- **\`${signatureOf(source, member)}\`**${about && `\n  ${about}`}`;
}

/** The declaration in one line, without the body of a function and long values. */
function signatureOf(source: string, node: Node): string {
  const isFunction = node.type === "FunctionDeclaration";
  const end = isFunction ? (node.body as Node).start : node.end;
  const text = source
    .slice(node.start, end)
    .replace(/\/\/[^\n]*\n|\/\*\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/([(<]) | (?=[)>])/g, "$1")
    .replace(/,(?=[)>])/g, "")
    .replace(/;$/, "")
    .trim();
  return node.type === "VariableDeclaration" ? text.replace(/^const /, "") : text;
}

function commentOf({ leadingComments }: Node): string {
  const blocks = (leadingComments ?? []).filter(({ value }) => value.startsWith("*"));
  return commentText(blocks.at(-1)?.value ?? "");
}

/** The sentences of a comment; a line of its own for each tag. */
function commentText(comment: string): string {
  const lines = comment
    .replace(/^\*/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim());
  const paragraphs = lines
    .join("\n")
    .trim()
    .split(/\n\s*\n|\n(?=@)/);
  return paragraphs.map((each) => tagText(each.replace(/\s*\n\s*/g, " "))).join("\n\n");
}

function tagText(text: string): string {
  return text
    .replace(/^@param ([\w.]+)/, "`$1`:")
    .replace(/^@returns /, "Returns ")
    .replace(/^@throws /, "Throws ");
}
