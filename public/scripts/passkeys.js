/** Signs in with a passkey, or adds one: on the pages with a form for it, behind app.js. */
import { findById } from "./elements.js";

const form = document.querySelector("form[data-passkey]");
if (form instanceof HTMLFormElement) {
  const isHere = isSupported(form.dataset.host ?? "");
  form.hidden = !isHere;
  const unsupported = findById("passkey-unsupported", HTMLElement);
  if (unsupported) unsupported.hidden = isHere;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}

/**
 * Browsers offer passkeys over https and on localhost, for the host that they were made for.
 * @param {string} host
 */
function isSupported(host) {
  const isHost = location.hostname === host || location.hostname.endsWith(`.${host}`);
  return (
    isHost && "PublicKeyCredential" in self && "parseCreationOptionsFromJSON" in PublicKeyCredential
  );
}

/**
 * Gets a challenge, lets the browser ask the person, and sends the form with the answer.
 * @param {HTMLFormElement} form
 */
async function send(form) {
  const button = form.querySelector("button");
  if (button) button.disabled = true;
  try {
    const response = form.elements.namedItem("response");
    const credential = await answer(form, await challenge(form));
    if (!(response instanceof HTMLInputElement) || !(credential instanceof PublicKeyCredential))
      return;
    response.value = JSON.stringify(credential);
    // A button with the id "submit" hides the method of the form.
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    show(error instanceof Refused ? error.message : reason(error));
  } finally {
    if (button) button.disabled = false;
  }
}

/** The server's answer to a form that it refuses. */
class Refused extends Error {}

/** @param {HTMLFormElement} form */
async function challenge(form) {
  // Text fields only: `URLSearchParams` takes no file.
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
  const { options = "" } = form.dataset;
  const answer = await fetch(options, { method: "POST", body: new URLSearchParams(fields) });
  if (answer.ok) return answer.json();
  const isJson = answer.headers.get("content-type")?.includes("json");
  throw new Refused(isJson ? (await answer.json()).error : "Reload the page and try again");
}

/**
 * @param {HTMLFormElement} form
 * @param {any} options
 */
function answer(form, options) {
  if (form.dataset.passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

/** @param {unknown} error https://www.w3.org/TR/webauthn-3/#sctn-create-request-exceptions */
function reason(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError") return "Cancelled, or there is no passkey for this account";
  if (name === "InvalidStateError") return "This device has a passkey for your account already";
  return "The passkey could not be used. Try again";
}

/** @param {string} text */
function show(text) {
  const message = findById("passkey-error", HTMLElement);
  if (message) message.textContent = text;
}
