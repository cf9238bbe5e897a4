// node library.mjs PYODIDE_FOLDER PRODUCT
// Runs tests/bench/searches.py in the browser's own Python, as the client's worker does; prints its figures as JSON.
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, product] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep });
python.mountNodeFS("/product", product);
console.log(python.runPython(`
import json, sys
sys.path.insert(0, "/product")
sys.dont_write_bytecode = True
from tests.bench.searches import times_ms
json.dumps(times_ms())
`));
