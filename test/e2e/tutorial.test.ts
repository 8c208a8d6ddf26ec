import { exec } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { commandsOf, readCodeBlocks } from "../docs/code-blocks.ts";
import { copyProject, type ProjectCopy } from "../docs/project-copy.ts";
import { type Launched, launch, untilPrinted } from "../support/processes.ts";
import { textBrowser } from "../support/text-browser.ts";

const run = promisify(exec);
const blocks = readCodeBlocks();
const pageOf = (name: string) => blocks.filter(({ place }) => place.startsWith(`docs/${name}.md`));
/** The copy has its packages, the application runs already, and `test/docs/` runs the tests. */
const doneOtherwise = ["npm ci", "npm run dev", "npm test -- postcards"];

let copy: ProjectCopy;
let dev: Launched;
let port: number;
let environment: Record<string, string>;

beforeAll(async () => {
  copy = await copyProject();
  port = await freePort();
  const storageDir = join(copy.dir, "storage");
  environment = {
    PORT: String(port),
    STORAGE_DIR: storageDir,
    DATABASE_URL: "",
    LOG_LEVEL: "info",
  };
  dev = launch(join(copy.dir, "server/commands/dev.ts"), environment);
  await untilPrinted(dev, "worker ready");
});
afterAll(async () => {
  await dev?.stop();
  await copy?.remove();
});

/** Runs the shell blocks of a page one by one. @returns what they printed */
async function runCommands(page: string): Promise<string> {
  const commands = pageOf(page)
    .filter(({ language }) => language === "sh")
    .flatMap(commandsOf)
    .filter((command) => !doneOtherwise.includes(command));
  let printed = "";
  for (const command of commands) {
    const env = { ...process.env, ...environment };
    printed += (await run(command, { cwd: copy.dir, env })).stdout;
  }
  return printed;
}

test("the tutorial leads to a kind that runs, with its own result page", async () => {
  await copy.write(pageOf("tutorial"));
  const printed = await runCommands("tutorial");
  expect(printed).toContain("--text VALUE");
  expect(printed).toContain("Wrote 1 postcards");
  const [, page] = /http:\/\/localhost:\d+(\/jobs\/\S+)/.exec(printed)!;
  const browser = textBrowser(port);
  const { email, password } = demoAccount;
  const signIn = () =>
    browser.get(page!).then((form) => form.submit("/sign-in", { email, password }));
  // The server restarts for the new kind.
  await expect
    .poll(() =>
      signIn().then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  expect((await browser.get(page!)).html).toContain("do not forget the stamps");
});

test("the commands of the page on inputs start its kind with a file", async () => {
  await copy.write(pageOf("inputs"));
  await writeFile(join(copy.dir, "addresses.txt"), "Ada, London\nBo, Rome\n");
  expect(await runCommands("inputs")).toContain("Sent 2 letters");
});
