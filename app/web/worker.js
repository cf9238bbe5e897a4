// Runs Python in a worker; takes the place of Flet's python-worker.js. Python comes ready compiled in one archive, so
// nothing is installed, unpacked or looked up here.

const own = new URL("./", import.meta.url);
const received = { open: null, connect: null };
const opened = new Promise((resolve) => { received.open = resolve; });
const asked = new Promise((resolve) => { received.connect = resolve; });
const early = [];
let sendToPython = (frame) => early.push(frame);

// Called from Python (app/platform/browser.py).
self.tellPage = (topic, payload) => self.postMessage({ topic, payload });
self.onWake = null;

self.onmessage = ({ data }) => {
  if (data instanceof Uint8Array) sendToPython(data);
  else if (data.topic === "open") received.open(data.opening);
  else if (data.topic === "connect") received.connect(data.payload);
  else if (data.topic === "wake") self.onWake?.(data.payload);
};

try {
  await run();
} catch (error) {
  self.tellPage("failed", error?.type ?? `${error?.name}: ${error?.message}`); // no message of Python's: it may hold what a patient entered
}

async function run() {
  const { engine, ...opening } = await opened;
  const { loadPyodide, version } = await import(`${engine}pyodide/pyodide.mjs`);
  const python = await loadPyodide({
    indexURL: new URL(`${engine}pyodide/`, own).href,
    stdLibURL: new URL("python.zip", own).href,
    lockFileContents: { info: { arch: "wasm32", abi_version: "2026_0", platform: "emscripten", version, python: "3.14.2" }, packages: {} },
    stdout: (text) => console.log(text),
    stderr: (text) => console.warn(text),
  });
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
