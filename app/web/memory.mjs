// The file of a snapshot of Python's memory, and how Python begins from it. The build (server/web/snapshot.mjs) writes
// and restores by the same functions.
//
// The file: how many bytes the memory has (4 bytes, little-endian), which of its pages hold anything (one bit each),
// these pages, and the SHA-256 of all that. Nearly half of the memory is empty and neither stored, read nor checked.

const PAGE = 4_096;
const WASM_PAGE = 65_536;
const LENGTH = 4;
const DIGEST = 32;
const ENOUGH_TO_LOOK = 64 << 20;

export async function pack(memory) {
  const pages = Math.ceil(memory.length / PAGE);
  const marks = new Uint8Array(Math.ceil(pages / 8));
  const kept = [];
  for (let page = 0; page < pages; page += 1) {
    const content = memory.subarray(page * PAGE, (page + 1) * PAGE);
    if (content.every((byte) => byte === 0)) continue;
    marks[page >> 3] |= 1 << (page & 7);
    kept.push(content);
  }
  const file = await new Blob([new Uint32Array([memory.length]), marks, ...kept]).arrayBuffer();
  return new Blob([file, await crypto.subtle.digest("SHA-256", file)]).arrayBuffer();
}

// To be called once Python runs: or a second copy of the memory stays for good.
export function forgetSnapshot(python) {
  python._api.config._loadSnapshot.buffer.transfer?.(0);
  delete python._api.config._loadSnapshot;
}

// To be called when nothing is under way any more. The file, read in pieces, joined and digested, lies in the worker until
// the browser looks for garbage, and one that rests does not look; what the browser's own code has touched cannot be
// given back by hand. It looks when much memory is asked for; nothing is written to this, so it takes none.
export function tidyUp() {
  try {
    return new ArrayBuffer(ENOUGH_TO_LOOK).byteLength;
  } catch {
    return 0; // no room for that: the browser has looked by now
  }
}

// Options for `loadPyodide`. `response` holds the file: it is read while Python's program is compiled, and memory that is
// not what the build wrote never runs. Python begins with 30 MiB and restoring does not make that grow: it is made as
// large as the snapshot before anything is in it.
export async function fromSnapshot(pyodideUrl, response) {
  const reader = response.body.getReader();
  const first = await reader.read();
  const size = new DataView(first.value.buffer, first.value.byteOffset).getUint32(0, true);
  const memory = new Uint8Array(size); // named in no function below: they live as long as Python does
  const filled = fill(memory, reader, first.value);
  filled.catch(() => {}); // whoever loads Python hears of it below
  const { default: create } = await import(`${pyodideUrl}pyodide.asm.mjs`);
  const createPyodideModule = async (settings) => {
    const { instantiateWasm } = settings;
    const roomy = (instance) => {
      const own = instance.exports.memory;
      own.grow(Math.max(0, Math.floor((size - own.buffer.byteLength) / WASM_PAGE)));
      return instance;
    };
    settings.instantiateWasm = (imports, take) =>
      instantiateWasm(imports, (instance, module) => take(roomy(instance), module));
    const [module] = await Promise.all([create(settings), filled]);
    return module;
  };
  return { createPyodideModule, _loadSnapshot: memory };
}

async function fill(memory, reader, first) {
  const chunks = [first];
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  const file = joined(chunks);
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", file.subarray(0, -DIGEST)));
  const expected = file.subarray(-DIGEST);
  if (found.some((byte, at) => byte !== expected[at])) throw new Error("the snapshot is not as it was written");
  unpack(file, memory);
}

function joined(chunks) {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function unpack(file, memory) {
  const pages = Math.ceil(memory.length / PAGE);
  const marks = file.subarray(LENGTH, LENGTH + Math.ceil(pages / 8));
  let at = LENGTH + marks.length;
  for (let page = 0; page < pages; page += 1) {
    if (!(marks[page >> 3] & (1 << (page & 7)))) continue;
    const start = page * PAGE;
    const size = Math.min(PAGE, memory.length - start);
    memory.set(file.subarray(at, at + size), start);
    at += size;
  }
}
