import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { WrongOptions } from "../../server/commands/job/kind-options.ts";
import { runJobCommand } from "../../server/commands/job/run-job-command.ts";
import { readConfig } from "../../server/config.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { addMember } from "../support/add-member.ts";
import { environment } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { openScene, useScene } from "../support/scene/processes.ts";
import { openTerminal } from "../support/terminal.ts";

const command = join(import.meta.dirname, "../../server/commands/job.ts");
const ctrlC = "\u0003";
const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}/;

describe.each(backends)("npm run job on $name", (which) => {
  const scene = useScene(which, {}, async ({ backend, worker }) => {
    await addMember(backend);
    await worker();
  });

  /** Runs the command in this process, which saves the start of another one. */
  async function call(...args: string[]) {
    let output = "";
    const write = (text: string) => {
      output += text;
      return true;
    };
    const config = readConfig({ ...environment(scene().place, {}) });
    const parts = {
      config,
      catalog: scene().catalog,
      output: { write, isTTY: false, columns: 80 },
    };
    try {
      const code = await runJobCommand(parts, args);
      return { output, errors: "", code };
    } catch (error) {
      if (!(error instanceof WrongOptions)) throw error;
      return { output, errors: `${error.message}\n`, code: 2 };
    }
  }

  /** Runs the command without a terminal. */
  async function run(...args: string[]) {
    // The test runner asks for colours.
    const env = { ...process.env, FORCE_COLOR: undefined, ...environment(scene().place, {}) };
    const child = spawn(process.execPath, [command, ...args], { env });
    const exited = new Promise<number | null>((resolve) => void child.on("exit", resolve));
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { output, errors, code: await exited };
  }

  const inTerminal = (job: string, args: string, more = {}) =>
    openTerminal(`${job} ${args}`, environment(scene().place, more));

  test("without a terminal it prints plain lines, and its exit code is the outcome", async () => {
    const file = join(scene().place.storageDir, "people.csv");
    await writeFile(file, "email\nada@x.test\nnobody\n");
    const done = await run("contact_import", file, "--duplicates", "skip");
    expect(done).toMatchObject({ code: 0, errors: "" });
    expect(done.output).toContain("Import contacts · people.csv · ");
    expect(done.output).toContain("1 contact in the file, 1 row rejected\n");
    expect(done.output).toContain("1 imported, 1 rejected\n");
    expect(done.output).not.toContain("\u001b");
    const written = await call("program", "--script", "printf '1 of\\n2 done'", "--writes");
    expect(written.output).toMatch(/\n1 of\n2 done\n[\s\S]*It ended\n/);
    const failed = await call("flaky", "--failures", "1", "--how", "refused");
    expect(failed.code).toBe(1);
    expect(failed.output).toContain("The key was refused\nAsk for a new key.\n");
  });

  test("in a terminal it draws the bar, and Ctrl-C leaves the job running or cancels it", async () => {
    const terminal = inTerminal("npm run job --", "copy_rows --rows 100000 --size 1 --pause 5");
    await terminal.untilShown("░░  0 %");
    await terminal.untilShown(" of 100,000 rows", 2);
    // The block is drawn over the one before.
    expect(terminal.output()).toContain("A\r\u001b[J");
    expect(terminal.output()).toContain("\u001b[36m");
    terminal.type(ctrlC);
    await terminal.untilShown("[c]ancel, [l]eave, [w]atch: ");
    terminal.type("l\n");
    expect(await terminal.exited).toBe(130);
    const [, id] = /job -- follow (\S+)/.exec(stripVTControlCharacters(terminal.output()))!;
    const left = await scene().until(id!, (row) => row.step_done > 0);
    expect(left).toMatchObject({ status: "running", cancel_requested_at: null });

    const second = inTerminal(`exec ${process.execPath} ${command}`, `follow ${id}`, {
      NO_COLOR: "1",
    });
    await second.untilShown(" of 100,000 rows", 2);
    expect(second.output()).not.toContain("\u001b[36m");
    second.type(ctrlC);
    await second.untilShown("[c]ancel, [l]eave, [w]atch: ");
    second.type("w\n");
    await second.untilShownAgain(" of 100,000 rows");
    second.type(ctrlC);
    await second.untilShown("[c]ancel, [l]eave, [w]atch: ", 2);
    second.type("c\n");
    expect(await second.exited).toBe(3);
    expect(await scene().job(id!)).toMatchObject({ status: "cancelled" });
    const listed = await call("list");
    expect(listed.output).toContain(`${id}  Cancelled`);
    const again = await call("follow", id!);
    expect(again.code).toBe(3);
    expect(again.output).toContain("Finished work was kept.");
  });

  test("a wrong option starts nothing, and is named with the message of the form", async () => {
    const { db } = scene().backend;
    const count = async () => (await db.selectFrom("jobs").select("id").execute()).length;
    const before = await count();
    const wrong = await run("countdown", "--from", "9999");
    expect(wrong).toEqual({
      ...{ code: 2, output: "" },
      errors: "--from: Enter 3,600 or less (Count down from)\n",
    });
    expect(await call("contact_import", "missing.csv")).toMatchObject({
      ...{ code: 2, errors: "There is no file missing.csv\n" },
    });
    expect((await call("contact_import")).errors).toMatch(/^FILE: (Required|Choose a file first)/);
    expect((await call("countdown", "--form", "3")).errors).toContain("'--form'");
    expect((await call("nothing")).errors).toContain('There is no kind "nothing"');
    expect((await call("countdown", "--as", "eve@x.test")).errors).toContain("eve@x.test");
    expect((await call("follow", "0198")).errors).toBe("There is no job 0198\n");
    expect(await count()).toBe(before);
  });

  test("a detached job is followed later, and is not started twice", async () => {
    const started = await call("countdown", "--from=600", "--detach");
    expect(started.output).toMatch(new RegExp(`^${uuid.source}\n$`));
    const id = started.output.trim();
    await scene().until(id, (row) => row.succeeded > 0);
    const twice = await call("countdown", "--from=600");
    expect(twice).toMatchObject({ code: 2, errors: expect.stringContaining(`follow ${id}`) });
    await cancel(scene(), id, "user-1");
    const output = expect.stringContaining("of 600 seconds. Finished work was kept.");
    expect(await call("follow", id)).toMatchObject({ code: 3, output });
  });
});

test("without a worker the job waits and the command says so, until Ctrl-C leaves it", async () => {
  const { backend, place } = await openScene(backends[0]!);
  await addMember(backend);
  const env = { ...process.env, ...environment(place, {}) };
  const child = spawn(process.execPath, [command, "countdown"], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    printed += more;
  });
  await expect.poll(() => printed).toContain("No worker is running: jobs wait");
  const exited = new Promise<number | null>((resolve) => void child.on("exit", resolve));
  child.kill("SIGINT");
  expect(await exited).toBe(130);
  expect(printed).toContain("The job goes on. Come back with: npm run job -- follow ");
});
