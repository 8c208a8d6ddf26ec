/** Checks that no file uses a replaced name again. ARCHITECTURE.md lists our own words. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const self = "test/vocabulary.test.ts";

/** The replaced names, with the names to use instead. */
const replacedNames: Record<string, string> = {
  ShownRow: "JobSummaryRow",
  JobChoice: "JobSelection",
  takeUntidy: "claimCleanups",
  holdUntidy: "deferCleanup",
  isTidy: "needsCleanup",
  untidy: "cleanup_due_at",
  printOf: "fingerprint",
  Doorbell: "QueueEntry",
  doorbell: "queue entry, wake-up",
  job_words: "job_search_terms",
  unworded_jobs: "search_backfill",
  keepWords: "indexJob",
  OtherJobs: "JobsApi",
  actsOnOthers: "operatesOnJobs",
  createReach: "policyFor",
  doerOf: "actorOf",
  keepDeeds: "recordAudit",
  createShow: "createBroadcaster",
  createNewcomers: "createCreatedJobs",
  troubleOf: "error-map.ts",
  ownParts: "viewerParts",
  handBack: "release",
  timeOut: "failWithTimeout",
  asWished: "applyPendingRequest",
  amountOf: "formatCount",
  recallLater: "loadHistory",
  culprit: "killedFor",
  job_errors: "job_rejections",
  notBefore: "nextReadAt, retryAfterMs",
  harmless: "escapeFormula",
};

const files = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  {
    cwd: root,
    encoding: "utf8",
  },
)
  .split("\0")
  .filter((path) => /\.(ts|js|eta|css|md)$/.test(path) && path !== self);

test("no file uses a replaced name", () => {
  const pattern = new RegExp(`\\b(?:${Object.keys(replacedNames).join("|")})\\b`);
  const found = files.flatMap((path) => {
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    return lines.flatMap((line, at) => {
      const name = pattern.exec(line)?.[0];
      return name ? [`${path}:${at + 1}: ${name}, use ${replacedNames[name]}`] : [];
    });
  });
  expect(files.length).toBeGreaterThan(500);
  expect(found).toEqual([]);
});
