/** The sound at a job's end, for those who want it, and the switch for it on the job's page. */
/** @type {AudioContext | undefined} */
let context;

document.addEventListener("live:sound", async ({ detail }) => {
  // The worker gives it to one of the tabs that can be heard.
  if (await isAudible()) document.dispatchEvent(new CustomEvent("live:claim", { detail }));
});
document.addEventListener("live:granted", ({ detail: { well } }) => play(well));

/** Browsers are silent until the person has clicked or typed somewhere here. */
async function isAudible() {
  try {
    context ??= new AudioContext();
    const patience = new Promise((resolve) => setTimeout(resolve, 300));
    if (context.state !== "running") await Promise.race([context.resume(), patience]);
    return context.state === "running";
  } catch {
    return false;
  }
}

/** Two notes: up where it went well, down where it did not. @param {boolean} well */
function play(well) {
  const notes = well ? [660, 880] : [440, 330];
  notes.forEach((frequency, place) => {
    const note = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    const begin = context.currentTime + place * 0.16;
    volume.gain.setTargetAtTime(0.2, begin, 0.01);
    volume.gain.setTargetAtTime(0, begin + 0.12, 0.08);
    note.connect(volume).connect(context.destination);
    note.start(begin);
    note.stop(begin + 0.8);
  });
}

// Before submit-once.js hears of it.
addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches(".sound")) return;
    event.preventDefault();
    void turn(form, form.querySelector("button"));
  },
  true,
);

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
async function turn(form, button) {
  const on = button.value === "on";
  const body = new URLSearchParams(new FormData(form));
  body.set("sound", button.value);
  show(button, on);
  if (on && (await isAudible())) play(true);
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(
    () => null,
  );
  if (answer?.type !== "opaqueredirect") show(button, !on);
}

/** @param {HTMLButtonElement} button @param {boolean} on */
function show(button, on) {
  button.value = on ? "off" : "on";
  button.setAttribute("aria-pressed", String(on));
  document.body.toggleAttribute("data-sound", on);
}
