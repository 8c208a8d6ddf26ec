import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultIcon, iconNames } from "../../server/job.ts";
import { pages } from "../../server/previews/examples/pages.ts";
import { createRenderer } from "../../server/render.ts";

const viewsDir = new URL("../../views", import.meta.url).pathname;
const views = createRenderer({ viewsDir, strict: true, cache: true });
const drawn = readFileSync(`${viewsDir}/shared/icons.eta`, "utf8").matchAll(/ id="icon-([\w-]+)"/g);

test("the icon names are those that icons.eta draws", () => {
  expect([...drawn].map(([, name]) => name).sort()).toEqual([...iconNames].sort());
  expect(iconNames).toContain(defaultIcon);
});

test("every icon on a page is one that icons.eta draws", () => {
  const named = Object.values(pages).flatMap(({ template, data }) =>
    [...views.page(template, data).matchAll(/href="#icon-([\w-]+)"/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name) => !(iconNames as readonly string[]).includes(name!))).toEqual([]);
});
