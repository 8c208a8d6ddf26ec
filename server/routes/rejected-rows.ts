/**
 * GET /jobs/:id/rejected-rows shows the rows that a job rejected, to be mended; POST starts a job with
 * the mended rows.
 */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { mendRejected } from "../engine/start/mend-rejected.ts";
import { findRejectedRows, type RejectedRows } from "../engine/start/rejected-rows.ts";
import { jobTitle } from "../presenters/job-title.ts";
import { cellName, rejectedRowsBody } from "../presenters/rejected-rows.ts";
import type { Env, Services } from "../services.ts";
import { type RejectedTable, readRejectedTable } from "../storage/rejected-table.ts";
import { loadJob } from "./middleware/load-job.ts";
import { formField, idempotencyKeyOf } from "./page/form-fields.ts";
import type { RouteContext } from "./page/layout.ts";
import { layoutWithTray } from "./page/tray.ts";

export function rejectedRowRoutes(services: Services): Hono<Env> {
  const { config, render, storage } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id/rejected-rows", loadJob(services, "download"), async (c) => {
    return c.html(await page(c, await readTable(c.var.job)));
  });

  routes.post("/jobs/:id/rejected-rows", loadJob(services, "act"), async (c) => {
    const { job, person } = c.var;
    const body = await c.req.parseBody();
    const found = await readTable(job);
    const { table } = found;
    const mended = { ...table, rows: mendedRows(table, body) };
    if (!hasChanged(table, mended)) {
      c.status(422);
      return c.html(
        await page(c, found, "Correct at least one cell: these rows would be rejected again."),
      );
    }
    const started = await mendRejected(services, job, mended, {
      userId: person.userId,
      idempotencyKey: idempotencyKeyOf(body) ?? randomUUID(),
      limits: config.limits,
    });
    return c.redirect(`/jobs/${started.job.id}`, 303);
  });

  async function readTable(job: Env["Variables"]["job"]) {
    const found = await findRejectedRows(services, job);
    return { ...found, table: await readRejectedTable(storage.read(found.file.storage_key)) };
  }

  async function page(
    c: RouteContext,
    { kind, file, stepResult, table }: RejectedRows & { table: RejectedTable },
    error = "",
  ): Promise<string> {
    const { job } = c.var;
    const input = JSON.parse(job.input);
    const columnOf = (reason: string) => kind.rejectedColumn?.(reason, input, stepResult);
    const body = rejectedRowsBody(table, job.rejected, columnOf);
    return render.page("jobs/rejected_rows", {
      layout: await layoutWithTray(c, services, { title: body.heading, section: "jobs" }),
      ...body,
      jobHref: `/jobs/${job.id}`,
      job: jobTitle(job, kind),
      action: `/jobs/${job.id}/rejected-rows`,
      hidden: [{ name: "idempotency_key", value: randomUUID() }],
      downloadHref: `/jobs/${job.id}/result?file=${file.id}`,
      error,
    });
  }

  return routes;
}

function hasChanged(before: RejectedTable, after: RejectedTable): boolean {
  return after.rows.some(({ cells }, row) =>
    cells.some((cell, column) => cell !== before.rows[row]!.cells[column]),
  );
}

function mendedRows(table: RejectedTable, body: Record<string, unknown>): RejectedTable["rows"] {
  return table.rows.map(({ cells, reason }, row) => ({
    reason,
    cells: cells.map((before, column) => {
      const name = cellName(row, column);
      // A browser sends line ends as CRLF, whatever the cell had.
      const value = formField(body, name);
      return name in body && lines(value) !== lines(before) ? value : before;
    }),
  }));
}

function lines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
