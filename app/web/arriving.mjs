// Counts what a first visit waits for while it arrives: bytes of the files the build named, each weighed by what it takes
// on the wire. For page and worker alike. It only watches: what it cannot count still arrives.

// `awaited`: { address: [bytes, bytes on the wire] }; `onShare(address, share)` hears of each how much of it is here, 0 to 1.
export function watchArrivals(scope, awaited, onShare) {
  const fetchPlainly = scope.fetch;
  scope.fetch = async (...asked) => {
    const response = await fetchPlainly.apply(scope, asked);
    const address = new URL(asked[0].url ?? asked[0], scope.location.href).pathname;
    if (awaited[address] && response.ok) count(response.clone(), awaited[address][0], (share) => onShare(address, share));
    return response;
  };
  // Modules are imported, not fetched: they are counted when they are there.
  const observer = new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const address = new URL(name, scope.location.href).pathname;
      if (awaited[address]) onShare(address, 1);
    }
  });
  observer.observe({ type: "resource", buffered: true });
}

async function count(response, bytes, onShare) {
  let arrived = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    arrived += part.value.byteLength;
    onShare(Math.min(1, arrived / bytes));
  }
}

// Adds the shares up: { arrived, awaited } in bytes on the wire.
export function tally(awaited) {
  const shares = {};
  const sum = (weigh) => Object.entries(awaited).reduce((total, [address, [, wire]]) => total + wire * weigh(address), 0);
  return (address, share) => {
    shares[address] = Math.max(share, shares[address] ?? 0);
    return { arrived: sum((each) => shares[each] ?? 0), awaited: sum(() => 1) };
  };
}
