/** Metrics of the event streams of a web process. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Hub } from "../live/hub.ts";
import type { SseResponses } from "../live/sse-response.ts";

export interface LiveParts {
  hub: Pick<Hub, "frames">;
  streams: Pick<SseResponses, "count">;
}

export function addStreamMetrics(registry: Registry, { hub, streams }: LiveParts): void {
  new Gauge({
    name: "headway_streams",
    help: "Open event streams",
    registers: [registry],
    collect() {
      this.set(streams.count);
    },
  });
  new Counter({
    name: "headway_frames_total",
    help: "Frames sent to streams",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(hub.frames);
    },
  });
}
