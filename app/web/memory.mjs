// Python's memory begins with 30 MiB and restoring a snapshot does not make it grow: it is made as large as the snapshot
// before anything is in it. The last bytes of the file are its SHA-256, worked out while the rest of Python loads: memory
// that is not what the build wrote never runs. Options for `loadPyodide`; the build (server/web/snapshot.mjs) restores by
// the same ones.

const PAGE = 65_536;
const DIGEST = 32;

export async function fromSnapshot(pyodideUrl, file) {
  const snapshot = file.subarray(0, -DIGEST);
  const checked = check(snapshot, file.subarray(-DIGEST));
  checked.catch(() => {}); // whoever loads Python hears of it below
  const { default: create } = await import(`${pyodideUrl}pyodide.asm.mjs`);
  const createPyodideModule = async (settings) => {
    const { instantiateWasm } = settings;
    const roomy = (instance) => {
      const { memory } = instance.exports;
      memory.grow(Math.max(0, Math.floor((snapshot.length - memory.buffer.byteLength) / PAGE)));
      return instance;
    };
    settings.instantiateWasm = (imports, take) =>
      instantiateWasm(imports, (instance, module) => take(roomy(instance), module));
    const [module] = await Promise.all([create(settings), checked]);
    return module;
  };
  return { createPyodideModule, _loadSnapshot: snapshot };
}

export async function digestOf(snapshot) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", snapshot));
}

async function check(snapshot, expected) {
  const found = await digestOf(snapshot);
  if (found.some((byte, at) => byte !== expected[at])) throw new Error("the snapshot is not as it was written");
}
