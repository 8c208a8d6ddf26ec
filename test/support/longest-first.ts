import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take more than a minute, the longest first. */
const longest = [
  "killed-import",
  "harmful-kinds",
  "finish",
  "bucket",
  "cleanup",
  "lost-worker",
  "clock",
  "postgres-outage",
];
const paths = longest.map((name) => `/test/faults/${name}.test.ts`);

/** Starts these before all others: one of them alone at the end would be waited for. */
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
