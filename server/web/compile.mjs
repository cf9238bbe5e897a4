// node compile.mjs PYODIDE_FOLDER SOURCE_ZIP COMPILED_ZIP
// Runs the browser's own Python in Node to turn every .py of SOURCE_ZIP into the .pyc that Python accepts unchecked.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, source, compiled] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep, env: { PYTHONHASHSEED: "0" } });

python.FS.writeFile("/tmp/source.zip", fs.readFileSync(source));
python.runPython(`
import importlib.util, marshal, zipfile

def compile_module(name, text):
    code = compile(text, "/lib/python314.zip/" + name, "exec", dont_inherit=True, optimize=2)
    unchecked = (1).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(text) + marshal.dumps(code)

with zipfile.ZipFile("/tmp/source.zip") as source, zipfile.ZipFile("/tmp/compiled.zip", "w") as compiled:
    for name in source.namelist():
        content = source.read(name)
        if name.endswith(".py"):
            name, content = name + "c", compile_module(name, content)
        compiled.writestr(name, content)
`);
fs.writeFileSync(compiled, python.FS.readFile("/tmp/compiled.zip"));
