import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { environment, type Place, startApplication } from "../support/application.ts";
import { descendantsOf, isAlive, launch } from "../support/processes.ts";
import { type TextBrowser, textBrowser } from "../support/text-browser.ts";

const entry = join(import.meta.dirname, "../../server/main.ts");
let place: Place;

beforeAll(async () => {
  place = { databaseUrl: undefined, storageDir: await mkdtemp(join(tmpdir(), "headway-e2e-")) };
});
afterAll(() => rm(place.storageDir, { recursive: true, force: true }));

/** Starts the application with settings that make it fail. */
async function failedStart(
  settings: Record<string, string>,
): Promise<{ output: string; code: number | null }> {
  const started = launch(entry, {
    DATABASE_URL: "",
    STORAGE_DIR: place.storageDir,
    LOG_LEVEL: "silent",
    ...settings,
  });
  const { code } = await started.exited;
  return { output: started.output(), code };
}

async function signedIn(url: string): Promise<TextBrowser> {
  const browser = textBrowser(Number(new URL(url).port));
  const { email, password } = demoAccount;
  const page = await (await browser.get("/jobs")).submit("/sign-in", { email, password });
  expect(page.html).toContain("<h1>Jobs</h1>");
  return browser;
}

describe("a failed start", () => {
  test("the start fails with one line if the port is in use, which names the process", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const port = String((other.address() as AddressInfo).port);
    const { output, code } = await failedStart({ PORT: port });
    other.close();
    expect(output.replace(/ \(.*\)/, "")).toBe(
      `Headway cannot start: it cannot listen on 127.0.0.1:${port}: process ${process.pid} uses the port. Stop it, or set another one: PORT=${Number(port) + 1}\n`,
    );
    expect(code).toBe(1);
  });

  test("the start fails with one line if the storage folder is not writable", async () => {
    const file = join(place.storageDir, `a-file-${randomUUID()}`);
    await writeFile(file, "not a folder");
    const folder = join(file, "storage");
    const { output, code } = await failedStart({ STORAGE_DIR: folder });
    expect(output).toMatch(/^Headway cannot start: STORAGE_DIR \S+ cannot be written to: .+\n$/);
    expect(output).toContain(folder);
    expect(code).toBe(1);
  });

  test.each([
    ["PORT", "eighty", "PORT must be a whole number from 0 to 65535"],
    ["SECRET", "short", "SECRET must have at least 32 characters"],
    ["DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must begin with postgres://"],
    ["PUBLIC_URL", "example", "PUBLIC_URL must be an address"],
    ["UPLOAD_LIMIT_MB", "-1", "UPLOAD_LIMIT_MB must be a whole number"],
  ])("the start fails with one line on %s=%s", async (name, value, message) => {
    const { output, code } = await failedStart({ [name]: value });
    expect(output).toMatch(/^Headway cannot start: [^\n]+\n$/);
    expect(output).toContain(message);
    expect(code).toBe(1);
  });

  test("the start fails with one line if the database does not answer", async () => {
    const { output, code } = await failedStart({
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
    });
    expect(output).toMatch(/^Headway cannot start: [^\n]*database[^\n]+\n$/);
    expect(code).toBe(1);
  });
});

describe("a shutdown", () => {
  test("SIGTERM stops all processes within 10 s, and the next start resumes the running job", async () => {
    const first = await startApplication(place);
    onTestFinished(() => first.stop());
    const get = async (path: string) => {
      const answer = await fetch(new URL(path, first.url));
      return `${answer.status} ${await answer.text()}`;
    };
    expect(await get("/up")).toBe("200 up");
    expect(await get("/ready")).toBe("200 ready");

    const browser = await signedIn(first.url);
    const form = await browser.get("/jobs/new/copy_rows?rows=2000&size=10&pause=40");
    const { path } = await form.submit("/jobs");
    await expect
      .poll(async () => (await browser.get(path)).html)
      .toMatch(/[1-9][\d,]* of 2,000 rows/);

    const processes = [first.pid, ...descendantsOf(first.pid)];
    expect(processes.length).toBeGreaterThan(2);
    const stoppedAt = Date.now();
    first.kill("SIGTERM");
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(Date.now() - stoppedAt).toBeLessThan(20_000);
    await expect.poll(() => processes.filter(isAlive)).toEqual([]);
    // The log consists of structured lines.
    const lines = first
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    expect(lines.map((line) => JSON.parse(line).msg)).toContain("stopping");

    const second = await startApplication(place);
    onTestFinished(() => second.stop());
    // Sessions, jobs and the demo account are kept.
    const port = Number(new URL(second.url).port);
    const back = browser.at(port);
    await expect
      .poll(async () => (await back.get(path)).html, { timeout: 40_000, interval: 250 })
      .toMatch(/Copied 2000 rows/);
    const { html } = await back.get(path);
    expect(html).toMatch(/class="succeeded"><dt>done<\/dt><dd>2,000<\/dd>/);
    expect(html).not.toMatch(/skipped|Retry \d/);
    // The terminal names the address at which the application listens.
    const follow = [join(import.meta.dirname, "../../server/commands/job.ts"), "follow"];
    const env = { ...process.env, ...environment(place, {}) };
    const run = promisify(execFile)(process.execPath, [...follow, path.split("/").at(-1)!], {
      env,
    });
    expect((await run).stdout).toContain(`${second.url}${path}\n`);
    expect((await back.get("/contacts?after=row-00001998")).html).toContain("row-00001999@");
    expect((await back.get("/jobs")).html.match(/class="job-row /g)).toHaveLength(7);
  });
});
