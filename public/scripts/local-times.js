/** Shows times, which the server prints in UTC, in the person's time zone and language. */
const timeZone = preferredTimeZone();
const fullFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "long",
  timeZone,
});
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", timeZone });
const dateFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone });
const dateTimeFormat = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone,
});

/** @returns {string | undefined} undefined for the browser's own zone */
function preferredTimeZone() {
  const { timeZone } = document.body.dataset;
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone }).resolvedOptions().timeZone;
  } catch {
    // This browser does not know the zone of the settings.
    return undefined;
  }
}

/** Picks the format that is as detailed as the server's text. @param {string} text */
function formatLike(text) {
  if (/^[\d:.]+$/.test(text)) return clockFormat;
  return text.includes(":") ? dateTimeFormat : dateFormat;
}

/** @param {ParentNode} part */
function localizeTimes(part) {
  /** @type {NodeListOf<HTMLTimeElement>} */
  const times = part.querySelectorAll("time[datetime]:not([title])");
  for (const time of times) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    time.textContent = formatLike(time.textContent ?? "").format(date);
    time.title = fullFormat.format(date);
  }
}

localizeTimes(document);
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => localizeTimes(detail.fragment));
document.addEventListener("htmx:load", ({ detail }) => localizeTimes(detail.elt));
