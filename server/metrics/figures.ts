/** What Prometheus collects of a process: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";
import type { RecordMetric } from "../engine/job-lifecycle.ts";
import { addJobFigures } from "./job-figures.ts";
import { addQueueFigures } from "./queue-figures.ts";
import { serveFigures } from "./serve.ts";
import { addStreamFigures, type LiveParts } from "./stream-figures.ts";

/**
 * Starts to count, and to serve the figures where `METRICS_PORT` is set.
 * @returns what is to be told all that is observed of jobs
 * @throws where the port is taken
 */
export async function startFigures(parts: {
  role: "web" | "worker";
  config: Pick<Config, "host" | "metricsPort">;
  backend: Backend;
  live?: LiveParts;
}): Promise<RecordMetric> {
  const { role, config, backend, live } = parts;
  if (config.metricsPort === null) return () => {};
  const figures = new Registry();
  figures.setDefaultLabels({ role });
  collectDefaultMetrics({ register: figures });
  addQueueFigures(figures, backend);
  if (live) addStreamFigures(figures, live);
  const observe = addJobFigures(figures);
  await serveFigures(figures, config.host, config.metricsPort);
  return observe;
}
