/** Times are printed in UTC; here they get the zone and the style of the person's own place. */
const timeZone = chosenZone();
const whole = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "long",
  timeZone,
});
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", timeZone });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone });
const both = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone,
});

/** That of the browser where none was chosen, or where the browser does not know the one that was. */
function chosenZone() {
  const { zone } = document.body.dataset;
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

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
