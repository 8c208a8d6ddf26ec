/** Checks what `npm ci` would install, which nobody reads line by line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (name: string) => JSON.parse(readFileSync(join(root, name), "utf8"));

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  inBundle?: boolean;
}

const { lockfileVersion, packages } = read("package-lock.json") as {
  lockfileVersion: number;
  packages: Record<string, LockedPackage>;
};
const { dependencies, devDependencies } = read("package.json");
const direct: Record<string, string> = { ...dependencies, ...devDependencies };
const installed = Object.entries(packages).filter(([path]) => path !== "");

test("every direct dependency has an exact version, which is the locked one", () => {
  expect(Object.keys(direct).length).toBeGreaterThan(40);
  for (const [name, version] of Object.entries(direct)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
});

test("every installed package has a checksum and comes from the registry", () => {
  expect(lockfileVersion).toBe(3);
  expect(installed.length).toBeGreaterThan(200);
  const foreign = installed.filter(([, { version, resolved, integrity, link, inBundle }]) => {
    // Part of the archive of another package, whose checksum covers it.
    if (inBundle) return false;
    // Without an address npm asks the registry that it is set up with.
    return link || resolved !== undefined || !version || !integrity?.startsWith("sha512-");
  });
  expect(foreign).toEqual([]);
});

test("the lock file describes the dependencies of package.json and no others", () => {
  expect(packages[""]).toMatchObject({ dependencies, devDependencies });
});
