"""Which files of Flet's prebuilt web client we rely on byte for byte, so that an upgrade cannot slip through unread.

`docs/web-client.md` says what to look at when one of these changes.
"""

import hashlib
from pathlib import Path

import flet_web

CLIENT = Path(flet_web.__file__).parent / "web"
"""Flet's prebuilt web client: the Flutter engine, its renderers, Pyodide and the glue between them."""

PATCHED = {
    "flutter_bootstrap.js": "fbddf77eab302c4c1b991e21445d53a9132eb292143530a441afecb69f19d895",
    "main.dart.js": "ab4f1dae4d5c4511adc941ddaac6fc1837752c227f9eed27cff78c8e04f90c16",
    "main.dart.wasm": "379b399b8f02ecbafcb6b0cdebbf28978ac89ab2e30f2b87a28422315b6c0987",
    "assets/FontManifest.json": "7a125b79cb28366a8e1484aa7e2c17f21c620113e0c77107a6cf8c656395952c",
    "canvaskit/skwasm.js": "e0316a798a929008cf9221d9ae0e8a4e0a5f07869ff2c0ad68a71f56ab9998a4",
    "canvaskit/skwasm_heavy.js": "fbf1c3374cd28b38ea4c48f8189012263c40e78e0a55323a557443c97a58c58c",
}
"""Files we serve with a change in them."""

REPLACED = {
    "index.html": "971ecd93a39b8258db024a9d9a4d48bc454bbaff342567bc7f90db4bf63fa3ee",
    "python.js": "067edcca8116732076fb2962067d3b5e739658ccf103cef7932f62904d32fbd5",
    "python-worker.js": "5c2f0c4ac3a7c2a8376226124942cfd29515a4abd95e97267fa4db371b94b947",
    "flutter_service_worker.js": "a131df5ca46154cc4eb79044f7f5a14029c2f8bfccf8cef34e3ec3b5a9f5a88c",
    "manifest.json": "09616ea779b9a72144b728850ed73f6ac0210eef8f9d91c7ba9317e3d831f296",
}
"""Files we serve our own version of: what is new in them may have to be carried over."""

RELIED_ON = {
    "pyodide/pyodide.mjs": "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109",
    "pyodide/pyodide.asm.mjs": "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
    "pyodide/pyodide.asm.wasm": "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
    "pyodide/python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
}
"""Files whose version decides the byte code we compile."""


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
