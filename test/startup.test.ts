import { expect, test } from "vitest";
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
