/**
 * Measures the error of the estimated end: in live imports at 10, 25, 40, 50 and 75 % of their duration,
 * and in recorded runs that the estimator was not tuned on at 10, 25, 50 and 75 %, as a share of the
 * duration. The ratio compares the means over all points at which there is an estimate.
 */
import { formatErrors, measureErrors } from "../../test/engine/eta/errors.ts";
import type { Row } from "../support/row.ts";
import { liveImports } from "./live-imports.ts";

/** A difference to the baseline's error that is too small to matter. */
const equal = 0.005;

export async function estimates(): Promise<Row[]> {
  const reported = measureErrors().filter(({ half }) => half === "reported");
  const recorded = reported.map((errors) => {
    const { name, hasPast, mean } = errors;
    return {
      what: `error of the estimated end, ${name.replace("-reported", "")}${hasPast ? ", with history" : ""}`,
      ours: formatErrors(errors, "ours"),
      baseline: `${formatErrors(errors, "plain")} (elapsed × (1 − p) / p)`,
      ratio: mean.ours / mean.plain,
      bar: "≤ 1",
      met: mean.ours <= mean.plain + equal,
    };
  });
  return [...(await liveImports()), ...recorded];
}
