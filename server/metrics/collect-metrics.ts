/** Prometheus metrics of one process: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Backend } from "../backend/backend.ts";
import type { RecordMetric } from "../engine/job-lifecycle.ts";
import { addJobMetrics } from "./job-metrics.ts";
import { addQueueMetrics } from "./queue-metrics.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { addStreamMetrics, type LiveParts } from "./stream-metrics.ts";

export interface MetricsParts {
  role: "web" | "worker";
  backend: Backend;
  live?: LiveParts;
}

/**
 * Starts to collect metrics, and serves them.
 * @returns a function that records a metric of jobs and workers
 * @throws if the port is in use
 */
export async function collectMetrics(
  { role, backend, live }: MetricsParts,
  host: string,
  port: number,
): Promise<RecordMetric> {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  addQueueMetrics(registry, backend);
  if (live) addStreamMetrics(registry, live);
  const recordMetric = addJobMetrics(registry);
  await serveMetrics(registry, host, port);
  return recordMetric;
}
