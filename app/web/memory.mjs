// Python's memory begins with 30 MiB and restoring a snapshot does not make it grow: it is made as large as the snapshot
// before anything is in it. Options for `loadPyodide`; the build (server/web/snapshot.mjs) restores by the same ones.

const PAGE = 65_536;

export async function fromSnapshot(pyodideUrl, snapshot) {
  const { default: create } = await import(`${pyodideUrl}pyodide.asm.mjs`);
  const createPyodideModule = (settings) => {
    const { instantiateWasm } = settings;
    const roomy = (instance) => {
      const { memory } = instance.exports;
      memory.grow(Math.max(0, Math.floor((snapshot.length - memory.buffer.byteLength) / PAGE)));
      return instance;
    };
    settings.instantiateWasm = (imports, take) =>
      instantiateWasm(imports, (instance, module) => take(roomy(instance), module));
    return create(settings);
  };
  return { createPyodideModule, _loadSnapshot: snapshot };
}
