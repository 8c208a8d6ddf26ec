/** The web application: what stands before all routes, and the routes in their order. */
import { Hono } from "hono";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import { apiRoutes } from "./routes/api/api.ts";
import { assetRoutes } from "./routes/assets.ts";
import { contactRoutes } from "./routes/contacts.ts";
import { bulkRoutes } from "./routes/dashboard/bulk.ts";
import { dashboardRoutes } from "./routes/dashboard/dashboard.ts";
import { devRoutes } from "./routes/dev.ts";
import { filesRoutes } from "./routes/files.ts";
import { healthRoutes } from "./routes/health.ts";
import { jobRoutes } from "./routes/job/job.ts";
import { jobActionRoutes } from "./routes/job/job-actions.ts";
import { logRoutes } from "./routes/job/logs.ts";
import { resultRoutes } from "./routes/job/results.ts";
import { lingeringClose } from "./routes/lingering-close.ts";
import { streamRoutes } from "./routes/live/streams.ts";
import { newJobsRoutes } from "./routes/new-job/new-jobs.ts";
import { uploadsRoutes } from "./routes/new-job/uploads.ts";
import { errorPage } from "./routes/page/error-page.ts";
import { protectForms, requirePerson } from "./routes/page/guard.ts";
import { readableAddress } from "./routes/page/readable.ts";
import { troubleOf } from "./routes/page/troubles.ts";
import { sessionRoutes } from "./routes/people/sessions.ts";
import { settingRoutes } from "./routes/people/settings.ts";
import { signUpRoutes } from "./routes/people/sign-ups.ts";
import type { Env, Services } from "./services.ts";

export function createApp(services: Services): Hono<Env> {
  const { log } = services;
  const isHttps = services.config.publicUrl?.startsWith("https:") ?? false;
  const app = new Hono<Env>();

  app.use(lingeringClose);
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: "same-origin",
      xFrameOptions: "DENY",
      strictTransportSecurity: isHttps,
      // Over plain http browsers ignore it, and complain of that on every page.
      crossOriginOpenerPolicy: isHttps,
    }),
  );
  // The middleware builds each answer anew, also where nothing is compressed.
  const compressed = compress();
  app.use((c, next) => (c.req.header("accept-encoding") ? compressed(c, next) : next()));
  app.route("/", healthRoutes(services));
  app.route("/", assetRoutes());

  if (services.config.development) app.route("/", devRoutes(services));
  app.route("/api", apiRoutes(services));
  app.use(readableAddress);
  app.route("/", sessionRoutes(services));
  app.route("/", signUpRoutes(services));

  // Everything below belongs to a person.
  app.use(requirePerson(services));
  app.route("/", uploadsRoutes(services));
  app.post("*", protectForms(services));
  app.get("/", (c) => c.redirect("/jobs", 303));
  // Before the jobs: "new" is the id of none.
  app.route("/", newJobsRoutes(services));
  app.route("/", dashboardRoutes(services));
  // Before the jobs: "bulk" is the id of none, either.
  app.route("/", bulkRoutes(services));
  app.route("/", jobRoutes(services));
  app.route("/", jobActionRoutes(services));
  app.route("/", resultRoutes(services));
  app.route("/", logRoutes(services));
  app.route("/", streamRoutes(services));
  app.route("/", filesRoutes(services));
  app.route("/", contactRoutes(services));
  app.route("/", settingRoutes(services));

  app.notFound((c) =>
    errorPage(c, services, {
      status: 404,
      heading: "There is no such page",
      message: "The link may be old, or mistyped.",
      links: [{ href: "/jobs", text: "All jobs" }],
    }),
  );
  app.onError((error, c) => {
    const reloads = c.req.method === "GET";
    const trouble = troubleOf(error, reloads);
    if (trouble.status === 503 && reloads) c.header("Refresh", "3");
    if (trouble.status >= 500) log.error({ err: error, path: c.req.path }, "request failed");
    return errorPage(c, services, trouble);
  });
  return app;
}
