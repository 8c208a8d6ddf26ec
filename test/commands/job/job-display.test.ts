import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createJobDisplay } from "../../../server/commands/job/job-display.ts";
import { logLines } from "../../../server/previews/examples/jobs/log.ts";
import { jobs } from "../../../server/previews/examples/jobs.ts";

const line = { ...logLines[0]!, job_id: "", created_at: 0 };
const running = { ...jobs.running, percent: null, steps: [] };
const done = { ...jobs.done, steps: [] };

function display(more: { isTTY?: true }) {
  let printed = "";
  const output = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      printed += text;
      done();
    },
  });
  const terminal = Object.assign(output, { columns: 40, isTTY: false, ...more });
  return { display: createJobDisplay(terminal as never), printed: () => printed };
}

test("without a terminal the text of a job is printed as it grows, and lines begin behind it", () => {
  const { display: plain, printed } = display({});
  plain.update(running, [], "Once up");
  plain.update(running, [], "on a\n\u001btime");
  expect(printed()).toMatch(/Running\nOnce upon a\n\\u001btime$/);
  plain.update(running, [line], "");
  plain.update(done, [], "The end");
  plain.close();
  expect(printed()).toMatch(/time\nRead 100,000 rows[^\n]*\n[\s\S]*The end\n$/);
});

test("in a terminal whole lines of the text stay above the block, which shows the last one", () => {
  const { display: terminal, printed } = display({ isTTY: true });
  terminal.update(running, [], `first\n${"x".repeat(50)}end`);
  // The end of the unfinished line is in the block, which the next update draws again.
  expect(printed().startsWith(`first\n\u001b[?7l${"x".repeat(36)}end\n`)).toBe(true);
  terminal.update(done, [], ", over");
  expect(printed()).toContain(`\u001b[J${"x".repeat(50)}end, over\n\u001b[?7l`);
  expect(printed().split("first")).toHaveLength(2);
});
