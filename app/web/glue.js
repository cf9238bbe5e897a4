// Connects Flet's Flutter client with Python in its worker; takes the place of Flet's python.js.
// Flutter calls jsConnect, jsSend and jsDisconnect. Binary messages are Flet's own and pass through; the others are
// {topic, payload} between the page and app/platform/browser.py.

const connections = new Map();
let frames = 0;

export const framesFromPython = () => frames;

// Python starts in parallel with Flutter instead of after its first frame, so the worker is made before it is asked for.
export function startPython(workerUrl, opening, onTopic) {
  const start = () => {
    const worker = new Worker(workerUrl, { type: "module" });
    const connection = { worker, toDart: null, connected: null };
    worker.onmessage = ({ data }) => receive(connection, data, onTopic);
    worker.onerror = (event) => fail(connection, event.message, onTopic);
    worker.postMessage({ topic: "open", opening });
    return connection;
  };
  let early = start();

  globalThis.jsConnect = async (appId, args, toDart) => {
    const connection = early ?? start();
    early = null;
    connections.set(appId, connection);
    connection.toDart = toDart;
    await new Promise((resolve, reject) => {
      connection.connected = { resolve, reject };
      connection.worker.postMessage({ topic: "connect", payload: document.URL });
    });
  };
  globalThis.jsSend = async (appId, data) => connections.get(appId)?.worker.postMessage(data, [data.buffer]);
  globalThis.jsDisconnect = async (appId) => {
    connections.get(appId)?.worker.terminate();
    connections.delete(appId);
  };
}

export function tellPython(topic, payload) {
  for (const { worker } of connections.values()) worker.postMessage({ topic, payload });
}

function receive(connection, data, onTopic) {
  if (data instanceof Uint8Array) {
    frames += 1;
    connection.toDart(data);
  } else if (data.topic === "failed") {
    fail(connection, data.payload, onTopic);
  } else {
    if (data.topic === "connected") connection.connected.resolve();
    onTopic(data.topic, data.payload);
  }
}

function fail(connection, reason, onTopic) {
  connection.worker.terminate();
  connection.connected?.reject(reason);
  onTopic("failed", reason);
}
