/**
 * Shifts `Date` by the number of ms in the file CLOCK_FILE, which it reads at the start and on SIGUSR2.
 * Tests preload it with `NODE_OPTIONS=--import=…`. Monotonic clocks such as performance.now() go on
 * unchanged, as they do when the clock of a machine is set.
 */
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const RealDate = Date;
let ahead = 0;
const read = () => {
  ahead = Number(readFileSync(process.env.CLOCK_FILE, "utf8"));
};
read();
if (isMainThread) process.on("SIGUSR2", read);

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + ahead);
    else super(...given);
  }
  static now() {
    return RealDate.now() + ahead;
  }
};
