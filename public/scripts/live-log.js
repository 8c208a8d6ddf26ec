/**
 * The log on a job's page: which new lines are for it, and whether it follows its end. It does until
 * the person looks further up, and again once they are back at the end.
 */

/** Above this the first lines go, of a log whose end is followed and of one that is being read. */
const mostLines = { following: 2000, reading: 10_000 };
let following = true;

start();
// Lines of another level or place, in place of those that were there.
document.addEventListener("htmx:load", ({ target }) => {
  if (target.id !== "log") return;
  start();
  document.dispatchEvent(new Event("live:again"));
});

function start() {
  const log = logNow();
  if (!log) return;
  const marked = document.getElementById(location.hash.slice(1)) ?? log.querySelector(".marked");
  follow(!log.contains(marked) && !("part" in log.dataset));
  if (following) toEnd(log);
  else if (log.contains(marked)) marked.scrollIntoView({ block: "nearest" });
}

function logNow() {
  return document.querySelector("#log .lines");
}

/** @param {boolean} wanted */
function follow(wanted) {
  following = wanted;
  const button = document.getElementById("log-follow");
  button?.setAttribute("aria-pressed", String(wanted));
  if (button) button.hidden = false;
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("#log-follow")) return;
  follow(!following);
  if (following) toEnd(logNow());
});

// It does not bubble.
document.addEventListener(
  "scroll",
  ({ target: log }) => {
    if (log === logNow() && isAtEnd(log) !== following) follow(!following);
  },
  true,
);

addEventListener("resize", () => following && toEnd(logNow()));

/** @param {Element} log */
function isAtEnd(log) {
  return log.scrollTop + log.clientHeight > log.scrollHeight - 8;
}

/** @param {Element} log */
function toEnd(log) {
  if (log) log.scrollTop = log.scrollHeight;
}

// Lines come in their list, anything else as itself.
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { fragment, target } }) => {
  if (!(fragment instanceof Element)) return;
  // A browser tells of a scroll with its next picture, and these may come before.
  if (following && !isAtEnd(target)) follow(false);
  choose(fragment, target);
});

/** Leaves what this log shows. @param {Element} list the new lines @param {HTMLElement} log */
function choose(list, log) {
  const { last, level, part } = log.dataset;
  const lines = [...list.children];
  const missing = numberOf(lines[0]) - Number(last) - 1;
  for (const line of lines) {
    if (numberOf(line) <= last || part !== undefined || isBelow(level, line)) line.remove();
  }
  if (missing > 0 && part === undefined) list.prepend(gap(log, Number(last), missing));
  log.dataset.last = String(Math.max(last, numberOf(lines.at(-1))));
}

/** @param {string} level @param {Element} line */
function isBelow(level, { className }) {
  return (level && className === "info") || (level === "error" && className === "warn");
}

/** @param {Element | null | undefined} line with an id that ends in its number */
function numberOf(line) {
  return line ? Number(line.id.slice(line.id.lastIndexOf("-") + 1)) : 0;
}

/** While no stream came through, there were more than are sent at once. */
function gap({ id }, last, missing) {
  const line = document.createElement("li");
  line.className = "note";
  line.id = `${id}-${last}`;
  const link = document.createElement("a");
  link.href = `${location.pathname}?after=${last}#log`;
  link.textContent = `${missing.toLocaleString("en")} lines are not shown here`;
  line.append(link);
  return line;
}

document.addEventListener("live:grown", ({ target: log }) => {
  const most = following ? mostLines.following : mostLines.reading;
  if (log.childElementCount > most) trim(log, most);
  if (following) toEnd(log);
});

/** @param {Element} log @param {number} most */
function trim(log, most) {
  while (log.childElementCount > most) log.firstElementChild.remove();
  const earlier = document.getElementById("log-earlier");
  const url = new URL(earlier.href);
  url.searchParams.set("before", String(numberOf(log.firstElementChild)));
  earlier.href = url.href;
  earlier.parentElement.hidden = false;
}
