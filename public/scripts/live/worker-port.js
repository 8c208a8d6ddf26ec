const script = document.currentScript;
/** The address of app.js with its version, "http://…/app.js?v=3f1c9a02" */
export const appUrl = script instanceof HTMLScriptElement ? script.src : "";
const workerUrl = appUrl.replace("app.js", "live-worker.js");

let alone = !("SharedWorker" in self);

/** Whether this tab reads the stream by itself, because it cannot share a worker. */
export function isAlone() {
  return alone;
}

/**
 * @param {() => void} onFailure called if the shared worker cannot be loaded; the next call then
 *   connects without it
 */
export function connectWorker(onFailure) {
  if (alone) return connectScript();
  try {
    const worker = new SharedWorker(workerUrl);
    worker.onerror = () => {
      alone = true;
      onFailure();
    };
    return worker.port;
  } catch {
    alone = true;
    return connectScript();
  }
}

/** Runs the worker's code as a script of the page, behind a port all the same. */
function connectScript() {
  const { port1, port2 } = new MessageChannel();
  if (self.connectLiveWorker) self.connectLiveWorker(port2);
  else {
    const script = document.createElement("script");
    script.src = workerUrl;
    script.onload = () => self.connectLiveWorker?.(port2);
    document.head.append(script);
  }
  return port1;
}
