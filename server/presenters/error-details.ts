/** The page of an unexpected error in development: what is wrong, and where. */
import type { Page } from "./layout.ts";

/** An error, with its place in the code of this project. */
export interface ErrorDetails {
  /** "TypeError" */
  name: string;
  message: string;
  /** The expression that is undefined: "it.started", or empty. */
  expression: string;
  /** "views/jobs/_row.eta:10:14", or empty. */
  place: string;
  /** The lines around the place. */
  excerpt: ExcerptLine[];
  /** The way to it, the nearest first: "jobs/invoice_pdf.ts:12:20, in run" */
  trace: string[];
}

export interface ExcerptLine {
  number: number;
  text: string;
  /** Whether the error is in this line. */
  isMarked: boolean;
}

export interface ErrorDetailsPage extends Page {
  error: ErrorDetails;
}
