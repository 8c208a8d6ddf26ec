import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const module = join(import.meta.dirname, "../server/log.ts");

test("a log line holds no control character of a stranger, and still reads as that text", () => {
  const text = "\u001b[2J\u0007 \u0085 \u009b31m \u2028 \u2029 \u007f é 漢 😀";
  const program = `
    import { createLog } from ${JSON.stringify(module)};
    createLog("info", "web").info({ file: ${JSON.stringify(text)} }, "received");`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are searched for.
  expect(stdout.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  expect(JSON.parse(stdout)).toMatchObject({ msg: "received", file: text });
});
