"""From a snapshot to what a screen says: pure functions. Clinical questions go to `hep`, words to `strings`."""
