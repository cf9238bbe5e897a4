// node in_pyodide.mjs PYODIDE_FOLDER PRODUCT SITE_PACKAGES PYTEST_ARGUMENT...
// Runs pytest inside the browser's own Python; the exit code is pytest's.
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, product, site, ...pytestArguments] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep });
python.mountNodeFS("/product", product);
python.mountNodeFS("/site", site);
python.globals.set("pytest_arguments", python.toPy(pytestArguments));
process.exitCode = python.runPython(`
import os, sys
sys.path.insert(0, "/product")
sys.path.append("/site")
sys.dont_write_bytecode = True
os.chdir("/product")
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
import pytest
int(pytest.main(list(pytest_arguments)))
`);
