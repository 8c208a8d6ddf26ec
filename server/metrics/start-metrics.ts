import type { Config } from "../config.ts";
import type { RecordMetric } from "../engine/job-lifecycle.ts";
import type { MetricsParts } from "./collect-metrics.ts";

/**
 * Serves metrics on `METRICS_HOST` and `METRICS_PORT`. Does nothing if that is not set, and then loads
 * none of the packages that collect them.
 * @returns a function that records a metric of jobs and workers
 * @throws if the port is in use
 */
export async function startMetrics({
  config: { metricsHost, metricsPort },
  ...parts
}: MetricsParts & {
  config: Pick<Config, "metricsHost" | "metricsPort">;
}): Promise<RecordMetric> {
  if (metricsPort === null) return () => {};
  const { collectMetrics } = await import("./collect-metrics.ts");
  return collectMetrics(parts, metricsHost, metricsPort);
}
