import type { Pages } from "../../../templates.ts";

/** The template of a page and its data. */
export type PageExample = { [N in keyof Pages]: { template: N; data: Pages[N] } }[keyof Pages];

/** Examples of pages by their names. */
export type PageExamples = Readonly<Record<string, PageExample>>;
