/** Prometheus metrics of one process: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";
import type { RecordMetric } from "../engine/job-lifecycle.ts";
import { addJobMetrics } from "./job-metrics.ts";
import { addQueueMetrics } from "./queue-metrics.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { addStreamMetrics, type LiveParts } from "./stream-metrics.ts";

/**
 * Starts to collect metrics, and serves them on `METRICS_HOST` and `METRICS_PORT`. Does nothing if that is not set.
 * @returns a function that records a metric of jobs and workers
 * @throws if the port is in use
 */
export async function startMetrics(parts: {
  role: "web" | "worker";
  config: Pick<Config, "metricsHost" | "metricsPort">;
  backend: Backend;
  live?: LiveParts;
}): Promise<RecordMetric> {
  const { role, config, backend, live } = parts;
  if (config.metricsPort === null) return () => {};
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  addQueueMetrics(registry, backend);
  if (live) addStreamMetrics(registry, live);
  const recordMetric = addJobMetrics(registry);
  await serveMetrics(registry, config.metricsHost, config.metricsPort);
  return recordMetric;
}
