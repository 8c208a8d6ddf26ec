/** The web application: what stands before all routes, and the routes in their order. */
import { Hono } from "hono";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import { apiRoutes } from "./routes/api/api.ts";
import { assetRoutes } from "./routes/assets.ts";
import { bulkRoutes } from "./routes/bulk-actions.ts";
import { contactRoutes } from "./routes/contacts.ts";
import { devRoutes } from "./routes/dev.ts";
import { filesRoutes } from "./routes/files.ts";
import { healthRoutes } from "./routes/health.ts";
import { jobRoutes } from "./routes/job/job.ts";
import { jobActionRoutes } from "./routes/job/job-actions.ts";
import { newJobsRoutes } from "./routes/job-forms.ts";
import { dashboardRoutes } from "./routes/jobs.ts";
import { liveRoutes } from "./routes/live/live.ts";
import { logRoutes } from "./routes/logs.ts";
import { lingeringClose } from "./routes/middleware/lingering-close.ts";
import { rejectNullCharacters } from "./routes/middleware/reject-null-characters.ts";
import { errorPage } from "./routes/page/error-page.ts";
import { protectForms, requirePerson } from "./routes/page/guard.ts";
import { troubleOf } from "./routes/page/troubles.ts";
import { resultRoutes } from "./routes/results.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { settingRoutes } from "./routes/settings.ts";
import { signUpRoutes } from "./routes/sign-ups.ts";
import { uploadsRoutes } from "./routes/uploads.ts";
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
  app.use(rejectNullCharacters);
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
  app.route("/", liveRoutes(services));
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
