// Runs Python in a worker; takes the place of Flet's python-worker.js. Python comes ready compiled in one archive, so
// nothing is installed, unpacked or looked up here. Where the service worker keeps a snapshot of Python's memory, Python
// begins from there; what does not restore begins from the archive, and the page is told before, so that it can start
// once more where the memory restores but does not run.

import { watchArrivals } from "./arriving.mjs";
import { forgetSnapshot, fromSnapshot, tidyUp } from "./memory.mjs";

const QUIET_AFTER_MS = 5_000; // what Python loads once the screen is shown is there by then
const own = new URL("./", import.meta.url);
const received = { open: null, connect: null };
const opened = new Promise((resolve) => { received.open = resolve; });
const asked = new Promise((resolve) => { received.connect = resolve; });
const early = [];
let sendToPython = (frame) => early.push(frame);

// Called from Python (app/platform/browser.py).
self.tellPage = (topic, payload) => self.postMessage({ topic, payload });
self.onWake = null;
self.onShown = null;
self.onNotifying = null;
self.onTapped = null;
self.laterUrl = new URL("later.zip", own).href; // app/later.py asks

self.onmessage = ({ data }) => {
  if (data instanceof Uint8Array) sendToPython(data);
  else if (data.topic === "open") received.open(data.opening);
  else if (data.topic === "connect") received.connect(data.payload);
  else if (data.topic === "wake") self.onWake?.(data.payload);
  else if (data.topic === "shown") onShown();
  else if (data.topic === "notifying") self.onNotifying?.(data.payload);
  else if (data.topic === "tapped") self.onTapped?.(data.payload);
};

try {
  await run();
} catch (error) {
  self.tellPage("failed", error?.type ?? `${error?.name}: ${error?.message}`); // no message of Python's: it may hold what a patient entered
}

async function run() {
  const { engine, expected, snapshot, ...opening } = await opened;
  if (Object.keys(expected).length) watchArrivals(self, expected, (address, share) => self.tellPage("arrived", { address, share }));
  const python = await startPython(engine, await kept(snapshot));
  self.python = python; // the browser tests run Python through it
  self.tellPage("stage", "python");
  const boot = python.pyimport("app.boot");
  boot.load(python.toPy(opening));
  self.tellPage("stage", "loaded");

  const flet = boot.start(await asked);
  await flet.start_connection((frame) => {
    const bytes = frame.toJs();
    self.postMessage(bytes, [bytes.buffer]);
  });
  sendToPython = flet.send;
  self.tellPage("connected", "");
  early.forEach(sendToPython);
}

async function startPython(engine, snapshot) {
  const { loadPyodide, version } = await import(`${engine}pyodide/pyodide.mjs`);
  const options = {
    indexURL: new URL(`${engine}pyodide/`, own).href,
    stdLibURL: new URL("python.zip", own).href,
    lockFileContents: { info: { arch: "wasm32", abi_version: "2026_0", platform: "emscripten", version, python: "3.14.2" }, packages: {} },
    stdout: (text) => console.log(text),
    stderr: (text) => console.warn(text),
  };
  if (!snapshot) return loadPyodide(options);
  self.tellPage("from-snapshot", "");
  try {
    const python = await loadPyodide({ ...options, ...(await fromSnapshot(options.indexURL, snapshot)) });
    forgetSnapshot(python);
    self.restored = true; // the browser tests ask
    return python;
  } catch {
    self.tellPage("snapshot-failed", "");
    return loadPyodide(options);
  }
}

function onShown() {
  self.onShown?.();
  setTimeout(tidyUp, QUIET_AFTER_MS);
}

// A file the service worker keeps; nothing when it does not keep it yet.
async function kept(address) {
  if (!address) return null;
  try {
    return (await caches.match(address)) ?? null;
  } catch {
    return null;
  }
}
