import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ExecError, type JobContext } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJobThat } from "../../support/in-process.ts";
import { isAlive } from "../../support/processes.ts";

const sqlite = backends.filter(({ name }) => name === "sqlite");

describe.each(sqlite)("job.exec on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  const jobThat = (work: (job: JobContext<"Doing">) => Promise<unknown>) =>
    createJobThat(opened, work);

  /** Runs a job that does this. @returns the job after its run and the result or error of its work */
  async function runWith<T>(work: (job: JobContext<"Doing">) => Promise<T>) {
    const result: { value?: T; error?: unknown } = {};
    const job = await jobThat(async (context) => {
      try {
        result.value = await work(context);
      } catch (error) {
        result.error = error;
        throw error;
      }
    });
    return { ...result, ended: await job.run(), ...result };
  }

  test("a program gets its arguments, its input and a folder, and returns its output", async () => {
    const { value, ended } = await runWith(async (job) => {
      const script = `cat > "$1"; printf '%s|%s|' "$PWD" "$2"; cat "$1"`;
      const args = ["-c", script, "sh", "copied.txt", 'a "b" $HOME'];
      const { stdout } = await job.exec("sh", args, { input: ["Grö", Buffer.from("ße")] });
      return { stdout, folder: await job.scratch.folder() };
    });
    expect(ended.status).toBe("done");
    expect(value!.stdout).toBe(`${value!.folder}|a "b" $HOME|Größe`);
    expect(existsSync(value!.folder)).toBe(false);
  });

  test("a program that reads nothing of a long input succeeds", async () => {
    const input = async function* () {
      for (let n = 0; n < 100; n++) yield Buffer.alloc(65_536);
    };
    const { value } = await runWith((job) => job.exec("echo", ["ready"], { input: input() }));
    expect(value).toEqual({ stdout: "ready\n" });
  });

  test("onLine gets the lines of both streams one after another", async () => {
    const lines: string[] = [];
    let concurrent = 0;
    const script = `printf '1 %%\\r2 %%\\r\\nlast'; sleep 0.2; printf 'half' >&2; sleep 0.2; printf ' done\\n' >&2`;
    const { value } = await runWith((job) =>
      job.exec("sh", ["-c", script], {
        async onLine(line, stream) {
          concurrent++;
          await sleep(5);
          lines.push(`${stream} ${line} ${concurrent--}`);
        },
      }),
    );
    expect(value).toEqual({ stdout: "" });
    expect(lines.sort()).toEqual([
      ...["stderr half done 1", "stdout 1 % 1", "stdout 2 % 1", "stdout last 1"],
    ]);
  });

  test("a failed program rejects with its code, its signal and the end of stderr", async () => {
    const script = `for n in 1 2 3 4 5; do echo "error $n" >&2; done; exit 3`;
    const failed = await runWith((job) => job.exec("sh", ["-c", script]));
    expect(failed.ended).toMatchObject({
      ...{ status: "failed", reason: "error" },
      error: "sh exited with code 3: error 3: error 4: error 5",
    });
    expect(failed.error).toBeInstanceOf(ExecError);
    expect(failed.error).toMatchObject({ exitCode: 3, signal: null });
    const { error } = await runWith((job) => job.exec("sh", ["-c", "kill -9 $$"]));
    expect(error).toMatchObject({ message: "sh was ended by SIGKILL", exitCode: null });
  });

  test("a missing program is refused with the advice to install it", async () => {
    for (const command of ["no-such-program", "./no-such-program"]) {
      const { ended } = await runWith((job) => job.exec(command));
      expect(ended).toMatchObject({
        ...{ status: "failed", reason: "refused", retries: 0 },
        error: `The program ${command} is not installed where this job ran`,
        advice: expect.stringContaining(`Install ${command} on every machine`),
      });
    }
    const { error } = await runWith((job) => job.exec("true", [], { cwd: "/no/such/folder" }));
    expect(error).toMatchObject({ message: "The folder /no/such/folder does not exist" });
  });

  test("a program sees its own variables and no setting of the server", async () => {
    vi.stubEnv("DATABASE_URL", "postgres://someone:secret@host/headway");
    vi.stubEnv("SECRET", "secret");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { value } = await runWith((job) => job.exec("env", [], { env: { API_KEY: "given" } }));
    const names = value!.stdout.split("\n").map((line) => line.split("=")[0]);
    expect(names).toEqual(expect.arrayContaining(["PATH", "API_KEY"]));
    expect(value!.stdout).not.toContain("secret");
  });

  test("a stopped job ends its program politely, and the processes that ignore that", async () => {
    const folder = await mkdtemp(join(tmpdir(), "headway-exec-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const pids: number[] = [];
    const script = `trap 'echo bye > polite; exit' TERM; (trap '' TERM; sleep 600; true) & echo $!; sleep 600 & wait`;
    const job = await jobThat((context) =>
      context.exec("sh", ["-c", script], {
        cwd: folder,
        onLine: (line) => pids.push(Number(line)),
      }),
    );
    const run = job.run();
    await expect.poll(() => pids).toHaveLength(1);
    job.stop("cancel");
    expect(await run).toMatchObject({ status: "cancelled" });
    expect(existsSync(join(folder, "polite"))).toBe(true);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  test("an error in onLine stops the program and fails the job", async () => {
    const pids: number[] = [];
    const { ended } = await runWith((job) =>
      job.exec("sh", ["-c", "echo $$; sleep 600"], {
        onLine(line) {
          pids.push(Number(line));
          throw new Error("That line cannot be read");
        },
      }),
    );
    expect(ended).toMatchObject({ status: "failed", error: "That line cannot be read" });
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  test("a program that the kind does not wait for ends with the run", async () => {
    let pid = 0;
    const job = await jobThat(async (context) => {
      const started = Promise.withResolvers<void>();
      void context
        .exec("sh", ["-c", "echo $$; sleep 600"], {
          onLine(line) {
            pid = Number(line);
            started.resolve();
          },
        })
        .catch(() => {});
      await started.promise;
    });
    await job.run();
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test("a program that prints without end is stopped unless its lines are read", async () => {
    const { ended } = await runWith((job) => job.exec("yes"));
    expect(ended.error).toMatch(/more than 10 MB/);
  });

  test("a run finds what an earlier one wrote to scratch, and an empty folder", async () => {
    const seen: unknown[] = [];
    const job = await jobThat(async ({ scratch, step, signal }) => {
      const folder = await scratch.folder();
      seen.push(existsSync(join(folder, "left.txt")));
      await writeFile(join(folder, "left.txt"), "left");
      await step("Doing", async () => {
        if ((await scratch.list()).length > 0) return;
        await scratch.write("kept.txt", "kept");
        job.stop("shutdown");
      });
      signal.throwIfAborted();
      seen.push(await scratch.list());
    });
    expect((await job.run()).status).toBe("queued");
    expect((await job.run()).status).toBe("done");
    expect(seen).toEqual([false, false, ["kept.txt"]]);
  });
});
