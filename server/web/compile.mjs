// node compile.mjs PYODIDE_FOLDER SOURCE_ZIP COMPILED_ZIP MODULES_JSON USED_JSON
// Runs the browser's own Python in Node to turn every .py of SOURCE_ZIP into the .pyc that Python accepts unchecked, then
// imports MODULES_JSON (["app.boot", "flet:Text"]) from there and writes the names of all modules that are loaded by then.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, source, compiled, modules, used] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep, env: { PYTHONHASHSEED: "0" } });

python.FS.writeFile("/tmp/source.zip", fs.readFileSync(source));
python.FS.writeFile("/tmp/modules.json", fs.readFileSync(modules));
python.runPython(`
import sys
before = set(sys.modules)
import importlib.util, json, marshal, types, zipfile
tools = set(sys.modules) - before

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

for name in tools:
    sys.modules.pop(name, None)
sys.path.insert(0, "/tmp/compiled.zip")
sys.modules["flet_js"] = types.ModuleType("flet_js")
for wanted in json.load(open("/tmp/modules.json")):
    name, _, attribute = wanted.partition(":")
    module = importlib.import_module(name)
    if attribute:
        getattr(module, attribute)
json.dump(sorted(sys.modules), open("/tmp/used.json", "w"))
`);
fs.writeFileSync(compiled, python.FS.readFile("/tmp/compiled.zip"));
fs.writeFileSync(used, python.FS.readFile("/tmp/used.json"));
