/**
 * How far the end that people are told is from the true one, in recorded runs that nothing was tuned
 * on: at 10, 25, 50 and 75 % of their time, as shares of the whole; the ratio is that of the means
 * over all moments at which something is told.
 */
import { allErrors, inWords } from "../../test/engine/eta/errors.ts";
import type { Row } from "../support/row.ts";

/** As near as nothing to the baseline's own error. */
const equal = 0.005;

export async function estimates(): Promise<Row[]> {
  const reported = allErrors().filter(({ half }) => half === "reported");
  return reported.map((errors) => {
    const { name, hasPast, mean } = errors;
    return {
      what: `told end of ${name.replace("-reported", "")}${hasPast ? ", not the first" : ""}`,
      ours: inWords(errors, "ours"),
      baseline: `${inWords(errors, "plain")} (elapsed × (1 − p) / p)`,
      ratio: mean.ours / mean.plain,
      bar: "≤ 1",
      met: mean.ours <= mean.plain + equal,
    };
  });
}
