/** In development: reloads the page when a template or style changes, or the server restarts. */

/** Names the process that served the page. @type {string | undefined} */
let server;
const stream = new EventSource("/dev/reload");
stream.addEventListener("name", ({ data }) => {
  if (server && server !== data) location.reload();
  server = data;
});
stream.addEventListener("reload", () => location.reload());
addEventListener("pagehide", () => stream.close());

export {};
