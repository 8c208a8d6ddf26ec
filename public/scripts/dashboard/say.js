/** Tells a screen reader. @param {string} text */
export function say(text) {
  document.getElementById("announce").textContent = text;
}

/** "1 job", "3 jobs" @param {number} count */
export function jobs(count) {
  return `${count} ${count === 1 ? "job" : "jobs"}`;
}
