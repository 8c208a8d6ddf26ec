import { join } from "node:path";
import { expect, test } from "vitest";
import { checkTemplates, readTemplates } from "../../server/development/check-templates.ts";

test("every template fits its data", { timeout: 60_000 }, async () => {
  const templates = readTemplates(join(import.meta.dirname, "../../views"));
  expect(templates.size).toBeGreaterThan(30);
  expect(await checkTemplates(templates)).toEqual([]);
});

test("an error of the compiler names file, line and column of the template", {
  timeout: 60_000,
}, async () => {
  const faulty: [name: string, source: string, error: RegExp][] = [
    [
      "jobs/_row",
      "<%/* it: Live<JobView> */%>\n\n  <b><%= it.titel %></b>",
      /^views\/jobs\/_row\.eta\(3,13\): error TS2551: Property 'titel' does not exist/,
    ],
    [
      "jobs/_panel",
      "<%/* it: Live<JobView> */\nconst a = 1;\n\n-%>\n<%= it.started.text %>",
      /^views\/jobs\/_panel\.eta\(5,5\): error TS\d+: .*possibly 'null'/,
    ],
    [
      "jobs/new",
      `<%/* it: NewJobPage */%><p>\n<%~ include("shared/_kind_icon", it) %>`,
      /^views\/jobs\/new\.eta\(2,34\): error TS2345: Argument of type 'NewJobPage'/,
    ],
    [
      "jobs/form",
      `<%/* it: JobFormPage */%><%~ include("shared/_icon", "no-such-icon") %>`,
      /^views\/jobs\/form\.eta\(1,54\): error TS2345/,
    ],
    [
      "jobs/_progress",
      "<%/* it: NewJobPage */%>",
      /^views\/jobs\/_progress\.eta\(1,1\): the first line has to name the type/,
    ],
    [
      "jobs/_log_lines",
      "<%/* it: Live<LogLinesView> */%><%= it.oob %>",
      /^views\/jobs\/_log_lines\.eta\(1,37\): error TS2345/,
    ],
    [
      "jobs/_actions",
      "<%/* it: Live<ActionsView> */%>\n\n<b><% if (it.oob",
      /^views\/jobs\/_actions\.eta\(3,4\): unclosed tag/,
    ],
  ];
  const errors = await checkTemplates(new Map(faulty.map(([name, source]) => [name, source])));
  for (const [name, , error] of faulty) {
    const own = errors.filter((line) => line.startsWith(`views/${name}.eta`));
    expect(own[0], name).toMatch(error);
  }
});

test("a syntax error names file, line and column of the template", async () => {
  const templates = new Map([["jobs/_result", "<%/* it: Live<ResultView> */%>\n<%= it.id ( %>"]]);
  expect(await checkTemplates(templates)).toEqual([
    "views/jobs/_result.eta(2,12): error TS1005: ')' expected.",
  ]);
});
