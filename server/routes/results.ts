/** GET /jobs/:id/result: on to what the job left, a page or a file by a link made for this person. */
import { Hono } from "hono";
import type { Env, Services } from "../services.ts";
import { signFile } from "../storage/links.ts";
import { errorPage } from "./error-page.ts";
import { jobOf } from "./job-of.ts";
import { noJob } from "./no-job.ts";

const linkMs = 72 * 3_600_000;

export function resultRoutes(services: Services): Hono<Env> {
  const { backend, config } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id/result", async (c) => {
    const job = await jobOf(c, services, "download");
    if (!job) return noJob(c, services);
    const wanted = c.req.query("file");
    const files = await backend.db
      .selectFrom("files")
      .select(["id", "role", "expires_at"])
      .where("job_id", "=", job.id)
      .orderBy("role", "desc")
      .execute();
    const file = wanted ? files.find(({ id }) => id === wanted) : files[0];
    if (file && (wanted || !job.result_page)) {
      const expires = Math.min(file.expires_at, backend.now() + linkMs);
      const query = signFile(config.secret, {
        fileId: file.id,
        userId: c.var.person.userId,
        expires,
      });
      return c.redirect(`/files/${file.id}?${query}`, 303);
    }
    if (job.result_page && !wanted) return c.redirect(job.result_page, 303);
    return errorPage(c, services, {
      status: 404,
      heading: "There is no result",
      message: "This job has left nothing to look at, or its files were deleted after their time.",
      links: [{ href: `/jobs/${job.id}`, text: "Back to the job" }],
    });
  });

  return routes;
}
