import { isDatabaseInUse } from "../backend/open.ts";

/**
 * @param url see `openBackend`. This process must not have opened it
 * @throws an error that says what to stop
 */
export async function refuseWhileUsed(url: string): Promise<void> {
  if (!(await isDatabaseInUse(url))) return;
  throw new Error(
    "Headway is running on this database. Stop all of its web and worker processes first",
  );
}
