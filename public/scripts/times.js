/** Times are printed in UTC; here they get the zone and the style of the person's own place. */
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const both = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** Says as much as the server's text does. @param {string} text */
function styleOf(text) {
  if (/^[\d:.]+$/.test(text)) return clock;
  return text.includes(":") ? both : date;
}

/** @param {ParentNode} part */
function localise(part) {
  for (const time of part.querySelectorAll("time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.textContent = styleOf(time.textContent).format(moment);
    time.title = whole.format(moment);
  }
}

localise(document);
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => localise(detail.fragment));
document.addEventListener("htmx:load", ({ target }) => localise(target));
