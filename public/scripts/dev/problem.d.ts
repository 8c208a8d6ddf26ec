/** A mistake in the code, as `ErrorDetails` of the server describes it. */
export interface DevProblem {
  name: string;
  message: string;
  place: string;
  excerpt: { number: number; text: string; isMarked: boolean }[];
  trace: string[];
}
