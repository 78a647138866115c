"""What a second node gains: a study on one node of one core, then on two; needs Ray."""

import re
import tempfile
import time
from pathlib import Path

from factories.make import made
from factories.ray_nodes import Nodes, start

from helpers.core import paths

STUDY = """\
# Timed on one node and on two.  Expect nothing.
task: image-classification
data: {source: elpv}
candidates: [%s]
threads: 1
"""
CASES = {
    "two candidates": "{probe: efficientnet-lite0}, {probe: efficientnet-lite1}",
    "features of one": "{probe: efficientnet-lite2}",
    "features of one large network": "{probe: {model: keras:ResNet152, weights: none}}",
}
SHARD = 64  # images of a shard: 41 shards, as many as 84,000 images have


def seconds(root: Path, count: int) -> float:
    """Run a study on so many nodes; time it from the first fit to the last."""
    nodes, began, ended = Nodes(count), 0.0, 0.0
    try:
        run, done = start(root, f"address:{nodes.cluster.address}"), 0
        while run.poll() is None:
            log = (root / "log").read_text()
            if "2-train  started" in log:
                began = began or time.monotonic()
            if (now := len(re.findall("2-train  done", log))) > done:
                done, ended = now, time.monotonic()
            time.sleep(0.1)
        assert run.returncode == 0, (root / "log").read_text()
    finally:
        nodes.cluster.shutdown()
    return ended - began


def checkout(root: Path, candidates: str) -> Path:
    """Copy the working tree with one study, shards of a few images and the archives."""
    made(root, "small", STUDY % candidates, run=False)
    file = root / "src" / "helpers" / "models" / "features.py"
    text = file.read_text()
    assert "LARGE = 4096" in text and "SHARD = 2048" in text
    text = text.replace("LARGE = 4096", f"LARGE = {SHARD}")
    file.write_text(text.replace("SHARD = 2048", f"SHARD = {SHARD}"))
    (root / ".cache").mkdir()
    (root / ".cache" / "archives").symlink_to(paths.cache("archives"))
    return root


def main() -> None:
    """Print the time of each case on one node and on two, and how many times as fast two are."""
    for name, candidates in CASES.items():
        with tempfile.TemporaryDirectory(prefix="evalbook-nodes-") as folder:
            one, two = (seconds(checkout(Path(folder) / str(n), candidates), n) for n in (1, 2))
        print(f"{name}: {one:.0f} s on one node, {two:.0f} s on two, {one / two:.2f} times as fast")


if __name__ == "__main__":
    main()
