import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take more than a minute and a half, or with a browser than a minute; the slowest first. */
const slowFiles = {
  faults: [
    ...["killed-import", "harmful-kinds", "chaos/chaos", "outage-loop", "making-room"],
    ...["crash-loop", "backup", "bucket", "lost-worker", "clock", "killed-upload"],
    ...["postgres-outage", "finish", "cleanup", "job-command", "killed-undo"],
  ],
  e2e: ["every-page", "upload", "recovery", "check-mend-undo", "live-updates"],
};
const paths = Object.entries(slowFiles).flatMap(([folder, names]) =>
  names.map((name) => `/test/${folder}/${name}.test.ts`),
);

/** Runs the slow files first, because one that starts last would prolong the whole run. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = paths.findIndex((path) => moduleId.endsWith(path));
      return at === -1 ? paths.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}
