/** The web application: its middleware and its routes, in their order. */
import { Hono } from "hono";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import { apiRoutes } from "./routes/api/api.ts";
import { apiTokenRoutes } from "./routes/api-tokens.ts";
import { assetRoutes } from "./routes/assets.ts";
import { bulkActionRoutes } from "./routes/bulk-actions.ts";
import { bulkConfirmationRoutes } from "./routes/bulk-confirmations.ts";
import { cancellationRoutes } from "./routes/cancellations.ts";
import { contactPageRoutes } from "./routes/contact.ts";
import { contactEditRoutes } from "./routes/contact-edits.ts";
import { contactRoutes } from "./routes/contacts.ts";
import { fileRoutes } from "./routes/files.ts";
import { followUpRoutes } from "./routes/follow-ups.ts";
import { healthRoutes } from "./routes/health.ts";
import { pageNotFound } from "./routes/http-error.ts";
import { jobFormRoutes } from "./routes/job-forms.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { liveRoutes } from "./routes/live/live.ts";
import { logRoutes } from "./routes/logs.ts";
import { bodyTimeout } from "./routes/middleware/body-timeout.ts";
import { limitPasswordChecks } from "./routes/middleware/limit-password-checks.ts";
import { lingeringClose } from "./routes/middleware/lingering-close.ts";
import { protectForms } from "./routes/middleware/protect-forms.ts";
import { rejectForeignHosts } from "./routes/middleware/reject-foreign-hosts.ts";
import { rejectNullCharacters } from "./routes/middleware/reject-null-characters.ts";
import { requirePerson } from "./routes/middleware/require-person.ts";
import { warnAboutProxies } from "./routes/middleware/warn-about-proxies.ts";
import { answerError, renderErrorPage } from "./routes/page/error-pages.ts";
import { passkeySettingsRoutes } from "./routes/passkey-settings.ts";
import { passkeySignInRoutes } from "./routes/passkey-sign-ins.ts";
import { pauseRoutes } from "./routes/pauses.ts";
import { preferenceRoutes } from "./routes/preferences.ts";
import { rejectedRowRoutes } from "./routes/rejected-rows.ts";
import { rescheduleRoutes } from "./routes/reschedules.ts";
import { resultRoutes } from "./routes/results.ts";
import { retryRoutes } from "./routes/retries.ts";
import { revocationRoutes } from "./routes/revocations.ts";
import { scheduleFormRoutes } from "./routes/schedule-forms.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { securityEventRoutes } from "./routes/security-events.ts";
import { securitySettingsRoutes } from "./routes/security-settings.ts";
import { securityTxtRoutes } from "./routes/security-txt.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { signInCodeRoutes } from "./routes/sign-in-codes.ts";
import { signUpRoutes } from "./routes/sign-ups.ts";
import { startNowRoutes } from "./routes/start-now.ts";
import { twoFactorSettingsRoutes } from "./routes/two-factor-settings.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { viewerPartRoutes } from "./routes/viewer-parts.ts";
import type { Env, Services } from "./services.ts";

/** Forms of the settings that ask for the password. */
const passwordPaths = [
  ...["/settings/password", "/settings/tokens", "/settings/passkeys/options"],
  "/settings/two-factor/:action",
];
const filePaths = [
  "/jobs/:id/result",
  "/jobs/:id/results.zip",
  "/jobs/:id/log",
  "/jobs/:id/output",
  "/files/:id",
];

export type DevRoutes = (services: Services) => Hono<Env>;

/** @param devRoutes pages that only development has */
export function createApp(services: Services, devRoutes?: DevRoutes): Hono<Env> {
  const { config } = services;
  const isHttps = config.publicUrl?.startsWith("https:") ?? false;
  const app = new Hono<Env>();

  app.use(lingeringClose);
  app.use(bodyTimeout({ bodyMs: config.bodyTimeoutMs, uploadIdleMs: config.uploadIdleMs }));
  // First, because a preview is shown in a frame, which the headers of all other pages forbid.
  if (devRoutes) app.route("/", devRoutes(services));
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
      // A page of HTML that a kind made has a policy of its own.
      overwrite: false,
      strictTransportSecurity: isHttps,
      // Over plain http browsers ignore this header and log a warning on every page.
      crossOriginOpenerPolicy: isHttps,
    }),
  );
  // `compress` copies every response, so skip it for clients that accept no encoding.
  const compressed = compress();
  app.use((c, next) => (c.req.header("accept-encoding") ? compressed(c, next) : next()));
  // Probes may ask for any name.
  app.route("/", healthRoutes(services));
  app.use(rejectForeignHosts(config));
  app.use(warnAboutProxies(services));
  app.route("/", securityTxtRoutes(services));
  app.route("/", assetRoutes());

  app.route("/api", apiRoutes(services));
  app.use(rejectNullCharacters);
  app.route("/", sessionRoutes(services));
  app.route("/", signInCodeRoutes(services));
  app.route("/", passkeySignInRoutes(services));
  app.route("/", signUpRoutes(services));

  // All routes below require a person. The API hands out links to files, so tokens open those too.
  for (const path of filePaths) app.use(path, requirePerson(services, { tokens: true }));
  app.use(requirePerson(services));
  app.route("/", uploadRoutes(services));
  app.post("*", protectForms(services));
  const limitChecks = limitPasswordChecks(services);
  for (const path of passwordPaths) app.use(path, limitChecks);
  app.get("/", (c) => c.redirect("/jobs", 303));
  // Before `/jobs/:id`: "new" and "bulk" are not ids.
  app.route("/", jobFormRoutes(services));
  app.route("/", bulkActionRoutes(services));
  app.route("/", bulkConfirmationRoutes(services));
  app.route("/", jobRoutes(services));
  app.route("/", viewerPartRoutes(services));
  app.route("/", cancellationRoutes(services));
  app.route("/", pauseRoutes(services));
  app.route("/", startNowRoutes(services));
  app.route("/", rescheduleRoutes(services));
  app.route("/", retryRoutes(services));
  app.route("/", followUpRoutes(services));
  app.route("/", rejectedRowRoutes(services));
  app.route("/", resultRoutes(services));
  app.route("/", logRoutes(services));
  app.route("/", liveRoutes(services));
  app.route("/", fileRoutes(services));
  app.route("/", scheduleFormRoutes(services));
  app.route("/", scheduleRoutes(services));
  app.route("/", contactRoutes(services));
  app.route("/", contactPageRoutes(services));
  app.route("/", contactEditRoutes(services));
  app.route("/", settingsRoutes(services));
  app.route("/", preferenceRoutes(services));
  app.route("/", securitySettingsRoutes(services));
  app.route("/", twoFactorSettingsRoutes(services));
  app.route("/", passkeySettingsRoutes(services));
  app.route("/", securityEventRoutes(services));
  app.route("/", apiTokenRoutes(services));
  app.route("/", revocationRoutes(services));

  app.notFound((c) => renderErrorPage(c, services, pageNotFound()));
  app.onError((error, c) => answerError(error, c, services));
  return app;
}
