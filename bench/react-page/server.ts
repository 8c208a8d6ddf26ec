/**
 * Serves the React page as well as possible: a production build, compressed in advance and cached by
 * browsers, minimal JSON, and our stylesheet.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { serveCalls } from "../support/program.ts";

export type PollingServer = typeof pollingServer;

const root = join(import.meta.dirname, "../..");
const total = 100_000;
const startedAt = Date.now();

const pollingServer = serveCalls({
  async listen(_: object): Promise<{ port: number; scriptBytes: number }> {
    const script = gzipSync(await bundle(), { level: 9 });
    const style = gzipSync(readFileSync(join(root, "public/app.css")), { level: 9 });
    const server = createServer((request, response) => {
      const path = request.url ?? "/";
      const compressed = { "content-encoding": "gzip", "cache-control": "max-age=31536000" };
      if (path === "/page.js") {
        response.writeHead(200, { ...compressed, "content-type": "text/javascript" }).end(script);
      } else if (path === "/page.css") {
        response.writeHead(200, { ...compressed, "content-type": "text/css" }).end(style);
      } else if (path.startsWith("/api/jobs/")) {
        response.writeHead(200, { "content-type": "application/json" }).end(jobJson(path));
      } else response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return { port: (server.address() as AddressInfo).port, scriptBytes: script.length };
  },
});

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Import contacts</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/page.css">
  <script type="module" src="/page.js"></script>
</head>
<body><div id="root"></div></body>
</html>
`;

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "page.js")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return outputFiles[0]!.contents;
}

function jobJson(path: string): string {
  const now = Date.now();
  const done = Math.floor((now - startedAt) / 10) % total;
  return JSON.stringify({
    id: path.split("/").at(-1),
    type: "contact_import",
    status: "running",
    progress_pct: Math.floor((done / total) * 100),
    progress_message: `${done} contacts found`,
    done,
    total,
    eta: Math.round((total - done) / 100),
    created_at: new Date(startedAt).toISOString(),
    started_at: new Date(startedAt).toISOString(),
    error_message: null,
    result_url: null,
  });
}
