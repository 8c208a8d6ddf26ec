import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take more than a minute and a half, the slowest first. */
const slowFiles = [
  ...["killed-import", "harmful-kinds", "chaos/chaos", "outage-loop", "making-room", "crash-loop"],
  ...["backup", "bucket", "lost-worker", "clock", "killed-upload", "postgres-outage", "finish"],
  ...["cleanup", "job-command", "killed-undo"],
];
const paths = slowFiles.map((name) => `/test/faults/${name}.test.ts`);

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
