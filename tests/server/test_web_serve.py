"""The web client's files: right types, right headers, already compressed, and nothing else is served."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import brotli
import httpx
import pytest
from fastapi import FastAPI

from server.web.compress import compress_tree
from server.web.serve import web_app

ENGINE = "b/0123456789ab"
INDEX = "<!DOCTYPE html><title>Stepwise</title>" + " " * 600
SCRIPT = "console.log('made up');" * 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {
        "index.html": INDEX,
        "sw.js": SCRIPT,
        "manifest.webmanifest": "{}",
        "stamp": "secret of the build",
        f"{ENGINE}/flutter_bootstrap.js": SCRIPT,
        f"{ENGINE}/main.dart.wasm": "\0asm" * 300,
        f"{ENGINE}/assets/fonts/roboto.woff2": "not really a font",
        f"{ENGINE}/assets/NOTICES": "everybody's terms",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    compress_tree(tmp_path)
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.mount("/", web_app(folder))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://clinic.test") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "content_type", "cache_control"),
    [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/clinic", "text/html; charset=utf-8", "no-cache"),
        ("/clinic/patients/7", "text/html; charset=utf-8", "no-cache"),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        (
            f"/{ENGINE}/flutter_bootstrap.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        ("/licenses.txt", "text/plain; charset=utf-8", "no-cache"),
        (f"/{ENGINE}/main.dart.wasm", "application/wasm", "public, max-age=31536000, immutable"),
        (f"/{ENGINE}/fallback-font/any/name.woff2", "font/woff2", "public, max-age=31536000, immutable"),
    ],
)
async def test_every_file_has_its_type_and_says_how_long_it_may_be_kept(
    client: httpx.AsyncClient, path: str, content_type: str, cache_control: str
) -> None:
    answer = await client.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["cache-control"] == cache_control
    assert answer.headers["etag"]


@pytest.mark.parametrize("path", ["/", "/sw.js", f"/{ENGINE}/main.dart.wasm", "/nothing.js"])
async def test_every_answer_closes_the_doors_the_client_does_not_need(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
async def test_the_best_encoding_the_browser_accepts_is_served(
    client: httpx.AsyncClient, accepted: str, chosen: str | None
) -> None:
    answer = await client.get("/sw.js", headers={"accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == chosen
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.text == SCRIPT


async def test_a_file_the_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    etag = (await client.get("/sw.js")).headers["etag"]

    again = await client.get("/sw.js", headers={"if-none-match": f'"other", W/{etag}'})

    assert (again.status_code, again.content) == (304, b"")


async def test_the_encodings_of_a_file_have_different_tags(client: httpx.AsyncClient) -> None:
    tags = {
        (await client.get("/sw.js", headers={"accept-encoding": name})).headers["etag"] for name in ("br", "gzip", "")
    }

    assert len(tags) == 3


@pytest.mark.parametrize(
    "path",
    ["/v1/unknown", "/v1", "/stamp", "/nothing.js", "/b/unknown/file", "/sw.js.br", "/../main.py", "/b/%2e%2e/stamp"],
)
async def test_what_is_not_part_of_the_client_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_only_reading_is_answered(client: httpx.AsyncClient) -> None:
    assert (await client.post("/")).status_code == 405
    assert (await client.head("/")).status_code == 200


async def test_the_start_page_may_run_the_scripts_that_stand_in_it_and_no_others(folder: Path) -> None:
    (folder / "index.html").write_text(f"{INDEX}<script>1 + 1</script><script src='/x.js'></script>")
    transport = httpx.ASGITransport(app=web_app(folder))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://clinic.test") as client:
        policy = (await client.get("/")).headers["content-security-policy"]

    own = base64.b64encode(hashlib.sha256(b"1 + 1").digest()).decode()
    assert f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{own}';" in policy


async def test_a_folder_without_a_client_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make build-web"):
        web_app(tmp_path)


def test_compressing_keeps_a_packed_file_only_where_it_is_smaller(tmp_path: Path) -> None:
    (tmp_path / "long.js").write_text(SCRIPT)
    (tmp_path / "short.js").write_text("1")

    compress_tree(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["long.js", "long.js.br", "long.js.gz", "short.js"]
    assert brotli.decompress((tmp_path / "long.js.br").read_bytes()).decode() == SCRIPT
