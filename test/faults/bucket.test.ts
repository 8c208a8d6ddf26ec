/** The application as real processes with its files in an S3 bucket. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { createBucketStorage } from "../../server/storage/s3/bucket-storage.ts";
import { type Environment, environment, startWeb } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { launch, untilPrinted } from "../support/processes.ts";
import { openBucket, type TestBucket } from "../support/s3/bucket.ts";
import { openScene, type Scene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { signInOrUp } from "./page-client.ts";

const root = join(import.meta.dirname, "../..");

describe.each(backends)("storage in a bucket on $name", (which) => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await openBucket();
  });
  afterAll(() => bucket.close());

  test("a person alone downloads the rejected rows of their import from the bucket", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    const { url } = await scene.application({ NODE_ENV: "", ...bucket.environment });
    const client = await createClient(url, scene.place);
    const person = await signInOrUp(url, demoAccount);
    const outsider = await signInOrUp(url, { email: "eve@example.com", password: "eavesdropping" });

    const upload_id = await client.upload("people.csv", csv);
    const id = await client.start("contact_import", { upload_id }, "once");
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", succeeded: 20_000, rejected: 10_000 });
    const file = await fileOf(scene, id);
    const key = `jobs/${id}/files/${file}`;
    await expect.poll(bucket.keys).toEqual([key, `uploads/${upload_id}`]);
    expect((await readdir(scene.place.storageDir)).filter((name) => name === "jobs")).toEqual([]);

    const redirect = await person.get(`/jobs/${id}/result?file=${file}`);
    const link = redirect.headers.get("location")!;
    expect(link).toMatch(/^\/files\//);
    const whole = await person.get(link);
    expect(whole.status).toBe(200);
    const content = await bytesOf(whole);
    expect(content.toString().split("\r\n")).toHaveLength(10_000 + 2);
    expect(whole.headers.get("content-length")).toBe(String(content.length));
    const part = await person.get(link, { range: "bytes=100-199" });
    expect([part.status, await bytesOf(part)]).toEqual([206, content.subarray(100, 200)]);
    const rest = await person.get(link, { range: "bytes=200-" });
    expect([rest.status, await bytesOf(rest)]).toEqual([206, content.subarray(200)]);

    expect((await outsider.get(link)).status).toBe(404);
    const nobody = await fetch(url + link, { redirect: "manual" });
    expect([nobody.status, nobody.headers.get("location")]).toEqual([
      303,
      expect.stringContaining("/sign-in"),
    ]);

    bucket.server.kill("SIGKILL");
    const unavailable = await person.get(link);
    expect(unavailable.status).toBe(503);
    expect(await unavailable.text()).toContain("Files are unavailable");
    expect((await person.get(`/jobs/${id}`)).status).toBe(200);
    await expect(client.upload("more.csv", csv)).rejects.toThrow(
      /503 .*The file storage cannot be reached/,
    );
    const waiting = await client.start("contact_import", { upload_id }, "during the outage");
    const tried = await scene.until(waiting, ({ retries }) => retries > 0);
    expect(tried).toMatchObject({ status: "queued", reason: "retry" });
    expect(tried.error).toBe("The file storage cannot be reached");
    await bucket.restart();
    expect(await scene.ended(waiting)).toMatchObject({ status: "done", succeeded: 20_000 });
    expect((await person.get(link)).status).toBe(200);

    await createBucketStorage(bucket.address).delete(key);
    const afterwards = await person.get(link);
    expect(afterwards.status).toBe(410);
    expect(await afterwards.text()).toContain("This file was deleted");
  });

  test("an upload that is too large or breaks off leaves nothing in the bucket", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    const set = { NODE_ENV: "", UPLOAD_LIMIT_MB: "25", ...bucket.environment };
    const { url } = await scene.application(set);
    const { cookie } = await signInOrUp(url, demoAccount);
    const before = await bucket.keys();
    const send = (chunks: AsyncIterable<Buffer>, signal?: AbortSignal) => {
      const headers = { cookie, origin: url, "content-type": "text/csv" };
      const body = ReadableStream.from(chunks);
      const init = { method: "POST", headers, body, duplex: "half", signal } as RequestInit;
      return fetch(`${url}/api/uploads`, init);
    };
    const refused = await send(megabytes(30));
    expect(refused.status).toBe(413);
    expect(await refused.text()).toContain("The file is larger than 25 MB");
    const abort = new AbortController();
    const aborted = send(
      megabytes(24, () => abort.abort()),
      abort.signal,
    );
    await expect(aborted).rejects.toThrow();
    await expect.poll(bucket.uploads).toEqual([]);
    expect(await bucket.keys()).toEqual(before);
    expect((await send(megabytes(25))).status).toBe(201);
  });

  test("a worker removes scratch files once an unavailable bucket is back", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    const worker = await scene.worker(bucket.environment);
    const cleanupLog = join(scene.place.storageDir, "cleanup.log");
    const id = await scene.start("cleanup", { cleanupLog });
    const scratch = `jobs/${id}/scratch/half.txt`;
    await expect.poll(bucket.keys).toContain(scratch);
    bucket.server.kill("SIGKILL");
    await bucket.server.exited;
    await cancel(scene, id, "person-1");
    expect(await scene.ended(id)).toMatchObject({ status: "cancelled" });
    await untilPrinted(worker, "working files cannot be removed yet");
    await bucket.restart();
    await expect.poll(bucket.keys, { timeout: 40_000 }).not.toContain(scratch);
    await scene.until(id, ({ cleanup_due_at }) => cleanup_due_at === null, 40_000);
  });
});

describe("processes without a usable bucket", () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await openBucket();
  });
  afterAll(() => bucket.close());

  test.each<[string, (set: Environment) => Environment, RegExp]>([
    [
      "the bucket does not exist",
      (set) => ({ STORAGE_URL: set.STORAGE_URL!.replace("files", "nowhere") }),
      /the file storage cannot be used: The bucket of the file storage does not exist \(bucket "nowhere" at http/,
    ],
    [
      "the credentials are refused",
      () => ({ AWS_SECRET_ACCESS_KEY: "wrong" }),
      /the file storage cannot be used: The file storage rejects its credentials: SignatureDoesNotMatch/,
    ],
    [
      "the server is unreachable",
      () => ({ STORAGE_URL: "s3://files?endpoint=http://127.0.0.1:9" }),
      /the file storage cannot be used: The file storage cannot be reached/,
    ],
    [
      "STORAGE_URL is no s3 URL",
      () => ({ STORAGE_URL: "files" }),
      /STORAGE_URL must begin with s3:/,
    ],
  ])("the processes refuse to start when %s", async (_, break_, message) => {
    const scene = await openScene(backends[0]!);
    const set = { ...bucket.environment, PORT: "0" };
    for (const entry of ["server/main.ts", "server/worker.ts"]) {
      const settings = environment(scene.place, { ...set, ...break_(set) });
      const { exited, output } = launch(join(root, entry), settings);
      expect((await exited).code).toBe(1);
      const lines = output()
        .split("\n")
        .filter((line) => !line.startsWith("{") && line !== "");
      expect(lines).toEqual([expect.stringMatching(/^Headway cannot start: /)]);
      expect(lines[0]).toMatch(message);
    }
  });
});

describe("web processes with separate folders on postgres", () => {
  const postgres = backends.find(({ name }) => name === "postgres")!;

  test("two web processes share people, forms, links and files", {
    timeout: 300_000,
  }, async () => {
    const bucket = await openBucket();
    onTestFinished(() => bucket.close());
    const scene = await openScene(postgres);
    const webs = await Promise.all(
      [1, 2].map(async () => {
        const place = { ...scene.place, storageDir: await createFolder() };
        // The demo account exists outside of production only.
        const web = await startWeb(place, { NODE_ENV: "", ...bucket.environment });
        onTestFinished(() => web.stop());
        return { ...web, place };
      }),
    );
    await scene.worker({ STORAGE_DIR: await createFolder(), ...bucket.environment });
    const [here, there] = webs.map(({ url }) => url) as [string, string];

    const person = await signInOrUp(here, demoAccount);
    const client = await createClient(here, webs[0]!.place);
    const upload_id = await client.upload("people.csv", csv);
    const id = await client.start("contact_import", { upload_id }, "once", there);
    await scene.ended(id);
    expect((await person.get(`${there}/jobs/${id}`)).status).toBe(200);
    const redirect = await person.get(`${here}/jobs/${id}/result?file=${await fileOf(scene, id)}`);
    const followed = await person.get(there + redirect.headers.get("location"));
    expect(followed.status).toBe(200);
    expect((await followed.text()).split("\r\n")).toHaveLength(10_000 + 2);

    const page = await (await person.get(`${here}/settings`)).text();
    const token = /name="token" value="([^"]+)"/.exec(page)![1]!;
    expect((await person.post(`${there}/sign-out`, { token: `${token}x` })).status).toBe(403);
    expect((await person.post(`${there}/sign-out`, { token })).status).toBe(303);
    // The other web process caches sessions for some seconds.
    const signedOut = async () => (await person.get(`${here}/jobs`)).status;
    await expect.poll(signedOut, { timeout: 10_000 }).toBe(303);
  });

  test("a web process refuses to start without the secret of the others", async () => {
    const scene = await openScene(postgres);
    const secret = "given-by-the-person-who-runs-it-all";
    const first = await startWeb(scene.place, { SECRET: secret });
    await first.stop();
    const place = { ...scene.place, storageDir: await createFolder() };
    const second = launch(join(root, "server/web.ts"), environment(place, { PORT: "0" }));
    expect((await second.exited).code).toBe(1);
    expect(second.output()).toContain(
      "Headway cannot start: it has no secret to sign with: SECRET is set for other processes",
    );
  });
});

async function* megabytes(count: number, onSent = () => {}) {
  for (let sent = 0; sent < count; sent++) yield Buffer.alloc(1_000_000, "a");
  onSent();
}

/** 30,000 rows; every third has no valid email address. */
const csv = `email,name\n${Array.from({ length: 30_000 }, (_, at) => {
  return at % 3 === 0 ? `nobody ${at},Zoë\n` : `p${at}@example.com,Zoë\n`;
}).join("")}`;

async function fileOf({ backend: { db } }: Scene, jobId: string): Promise<string> {
  const file = db.selectFrom("files").select("id").where("job_id", "=", jobId);
  return (await file.executeTakeFirstOrThrow()).id;
}

async function createFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "headway-machine-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}
