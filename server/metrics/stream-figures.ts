/** The live pages of a web process. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Hub } from "../live/hub.ts";

export function addStreamFigures(figures: Registry, hub: Pick<Hub, "streams" | "frames">): void {
  new Gauge({
    name: "headway_streams",
    help: "Event streams that are open",
    registers: [figures],
    collect() {
      this.set(hub.streams);
    },
  });
  new Counter({
    name: "headway_frames_total",
    help: "Frames handed to streams",
    registers: [figures],
    collect() {
      this.reset();
      this.inc(hub.frames);
    },
  });
}
