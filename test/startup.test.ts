import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileCacheDir } from "../server/config.ts";
import { warnWithoutHttps } from "../server/startup.ts";

test.each([
  [true, "http://headway.example", true],
  [true, "https://headway.example", false],
  [true, null, false],
  [false, "http://headway.example", false],
])(
  "with production %s and the address %s the start warns of http: %s",
  (production, publicUrl, warns) => {
    const lines: unknown[] = [];
    warnWithoutHttps({ production, publicUrl }, { warn: (line: unknown) => void lines.push(line) });
    expect(lines).toHaveLength(warns ? 1 : 0);
    if (warns) expect(lines[0]).toContain("PUBLIC_URL is http://headway.example");
  },
);

test("a process starts without the packages that only some files and settings need", () => {
  const program = join(import.meta.dirname, "support/loaded-packages.ts");
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCacheDir };
  const { stdout, stderr } = spawnSync(process.execPath, [program], { env, encoding: "utf8" });
  expect(stderr).toBe("");
  const loaded: string[] = JSON.parse(stdout);
  expect(loaded).toContain("kysely");
  const rare = [
    ...["@aws-sdk/client-s3", "@better-auth/passkey", "esbuild", "hucre", "jschardet"],
    ...["libphonenumber-js", "prom-client"],
  ];
  for (const name of rare) expect(loaded).not.toContain(name);
});
