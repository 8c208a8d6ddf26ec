/** While developing: loads the page again when a template or style changed, or after a restart. */
let name;
const stream = new EventSource("/dev/reload");
stream.addEventListener("name", ({ data }) => {
  if (name && name !== data) location.reload();
  name = data;
});
stream.addEventListener("reload", () => location.reload());
addEventListener("pagehide", () => stream.close());
