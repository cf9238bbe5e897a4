// Connects Flet's Flutter client with Python in its worker; takes the place of Flet's python.js.
// Flutter calls jsConnect, jsSend and jsDisconnect. Binary messages are Flet's own and pass through; the others are
// {topic, payload} between the page and app/platform/browser.py.

const connections = new Map();
let frames = 0;

export const framesFromPython = () => frames;

// Python starts in parallel with Flutter instead of after its first frame, so the worker is made before it is asked for.
export function startPython(workerUrl, opening, onTopic) {
  const run = (connection, opened) => {
    const worker = new Worker(workerUrl, { type: "module" });
    worker.onmessage = ({ data }) => receive(connection, data, onTopic);
    worker.onerror = (event) => fail(connection, event.message, onTopic);
    worker.postMessage({ topic: "open", opening: opened });
    connection.worker = worker;
    if (connection.connected) connect(connection);
  };
  const start = () => {
    const connection = { toDart: null, connected: null, isConnected: false, isFromSnapshot: false };
    connection.startAgain = () => run(connection, { ...opening, snapshot: "" });
    run(connection, opening);
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
      connect(connection);
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

function connect(connection) {
  connection.worker.postMessage({ topic: "connect", payload: document.URL });
}

function receive(connection, data, onTopic) {
  if (data instanceof Uint8Array) {
    frames += 1;
    connection.toDart(data);
  } else if (data.topic === "failed") {
    fail(connection, data.payload, onTopic);
  } else {
    if (data.topic === "from-snapshot") connection.isFromSnapshot = true;
    if (data.topic === "connected") {
      connection.isConnected = true;
      connection.connected.resolve();
    }
    onTopic(data.topic, data.payload);
  }
}

// A start from the snapshot that fails before Flutter was answered is made once more without it.
function fail(connection, reason, onTopic) {
  connection.worker.terminate();
  if (connection.isFromSnapshot && !connection.isConnected) {
    connection.isFromSnapshot = false;
    onTopic("snapshot-failed", "");
    connection.startAgain();
    return;
  }
  connection.connected?.reject(reason);
  onTopic("failed", reason);
}
