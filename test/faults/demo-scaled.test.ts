import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import {
  descendantsOf,
  isAlive,
  type Launched,
  launch,
  signalTo,
  untilPrinted,
} from "../support/processes.ts";

const entry = join(import.meta.dirname, "../../server/commands/demo-scaled.ts");
const countdownFrom = 8;

let folder: string;
let scaled: Launched;
let url: string;
/** The cookies of a person who signed in through the proxy. */
let cookie: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headway-demo-"));
  // As root, Postgres runs as another user, who needs access to the folder.
  await chmod(folder, 0o755);
  scaled = launch(entry, { STORAGE_DIR: folder, PORT: "0", HOST: "127.0.0.1", NODE_ENV: "" });
  await untilPrinted(scaled, "Ctrl-C ends everything", 60_000);
  url = findOutput(/Headway runs at (\S+)/);
  cookie = await signIn();
});

afterAll(async () => {
  await scaled?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

function findOutput(pattern: RegExp): string {
  const found = pattern.exec(scaled.output())?.[1];
  if (!found) throw new Error(`${pattern} is not in the output: ${scaled.output()}`);
  return found;
}

const cookiesOf = (answer: Response) =>
  answer.headers.getSetCookie().map((each) => each.split(";")[0]!);

const tokenOn = async (answer: Response) =>
  /name="token"[^>]* value="([^"]+)"/.exec(await answer.text())![1]!;

async function post(path: string, cookies: string, fields: Record<string, string>) {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: cookies },
    body: new URLSearchParams(fields),
  });
  expect(answer.status, path).toBe(303);
  return answer;
}

async function signIn(): Promise<string> {
  const page = await fetch(`${url}/sign-in`);
  const [visitor = ""] = cookiesOf(page);
  const { email, password } = demoAccount;
  const fields = { email, password, token: await tokenOn(page) };
  return cookiesOf(await post("/sign-in", visitor, fields)).join("; ");
}

/** Reads the job's stream from one web process until it ends with the job. */
async function follow(web: string, id: string): Promise<string> {
  const answer = await fetch(`${web}/live?topics=job:${id}`, {
    headers: { cookie, accept: "text/event-stream" },
  });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  return answer.text();
}

describe("npm run demo:scaled", () => {
  test("a job whose worker is killed finishes on another worker, and both web processes stream it", {
    timeout: 300_000,
  }, async () => {
    const form = await fetch(`${url}/jobs/new/countdown`, { headers: { cookie } });
    const fields = { type: "countdown", from: String(countdownFrom), token: await tokenOn(form) };
    const started = await post("/jobs", cookie, fields);
    const id = started.headers.get("location")!.slice("/jobs/".length);
    const streams = [1, 2].map((n) =>
      follow(findOutput(new RegExp(`web ${n} +pid \\d+ +(\\S+)`)), id),
    );

    const claimed = new RegExp(`^(worker \\d) .*${id}`, "m");
    await vi.waitFor(() => findOutput(claimed), 15_000);
    const victim = findOutput(claimed);
    const pid = Number(findOutput(new RegExp(`${victim} +pid (\\d+)`)));
    expect(descendantsOf(scaled.pid)).toContain(pid);
    signalTo(pid, "SIGKILL");
    await untilPrinted(scaled, `pid ${pid} was killed by SIGKILL; restarting in 10 s`);

    const [first = "", second = ""] = await Promise.all(streams);
    for (const stream of [first, second]) {
      expect(stream).toContain(`Counted down from ${countdownFrom}`);
      expect(stream).toContain("event:bye\ndata:ended");
    }
    const lines = [...scaled.output().matchAll(new RegExp(`^(worker \\d) .*${id}`, "gm"))];
    expect(lines.at(-1)?.[1]).not.toBe(victim);
    await vi.waitFor(
      () => findOutput(new RegExp(`^${victim} +restarted with pid (\\d+)`, "m")),
      20_000,
    );
  });

  test("Ctrl-C stops web processes, then workers, then Postgres, and leaves nothing running", async () => {
    let family: number[] = [];
    // The command, Postgres and its guard, two web processes, three workers with a runner each. The
    // worker that was restarted above may still be starting its runner.
    await vi.waitFor(() => {
      family = [scaled.pid, ...descendantsOf(scaled.pid)];
      expect(family.length).toBeGreaterThanOrEqual(11);
    }, 30_000);
    scaled.kill("SIGINT");
    expect(await scaled.exited).toEqual({ code: 0, signal: null });
    expect(family.filter(isAlive)).toEqual([]);
    const output = scaled.output();
    const indexOfStop = (process: string) =>
      output.search(new RegExp(`^${process} .*stopping`, "m"));
    const webs = ["web 1", "web 2"].map(indexOfStop);
    const workers = ["worker 1", "worker 2", "worker 3"].map(indexOfStop);
    expect([...webs, ...workers]).not.toContain(-1);
    expect(Math.max(...webs)).toBeLessThan(Math.min(...workers));
  });
});
