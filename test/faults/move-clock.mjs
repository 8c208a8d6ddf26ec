/**
 * Preloaded into a process of a test (`NODE_OPTIONS=--import=…`): its clock runs as many ms ahead as
 * the file CLOCK_FILE says, read at the start and again on SIGUSR2. What counts from a process's
 * start, such as performance.now(), goes on as before: that is what setting a machine's clock does.
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
