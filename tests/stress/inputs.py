"""Hostile inputs: studies, tables, arrays, archives, weights, media, the cache and pages.

Each input is read in a process of its own, within a time and a memory. It may be read, or refused
in one clear line; an entry of the cache must come back as it was written, or not at all.
"""

import io
import itertools
import os
import random
import re
import resource
import select
import shutil
import signal
import subprocess
import tarfile
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import psutil
from factories.deb_package import package, tarred
from factories.repository import REPOSITORY
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from helpers.catalogue import nested_tar, tar_packages, wheels
from helpers.config import study_file
from helpers.core import cache, paths
from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.audio import decoding as sound
from helpers.data.encoded import Unreadable
from helpers.data.image import decoding as pictures
from helpers.models import torch_checkpoint
from helpers.report.pages.render import Page, render
from stress.counts import Counts

SECONDS, MEMORY = 20, 6 * 2**30  # of one input: of a core, and bytes
SHARES = {"study": 0.4, "table": 0.14, "array": 0.06, "archive": 0.12}  # of all tries
SHARES |= {"weights": 0.06, "media": 0.12, "entry": 0.1}
STUDY = """task: image-classification
data: {source: elpv, split: {test: 0.2, seed: 7}, limit: 100}
candidates:
  - baseline: [majority, pixels]
  - probe: {model: efficientnet-lite0, seeds: [1, 2]}
  - finetune: {best: 1, epochs: 3, rate: 1e-4, name: tuned}
evaluate: {primary: macro-f1, slices: [cell_type], resamples: 500, labels: [4, 8]}
robustness: {noises: [blur], severities: [0.1]}
expect: {winner-macro-f1: [0.8, 0.9]}
"""
VALUES = ["null", "[]", "{}", "''", "'²'", "-1", "1e999", ".nan", "-.inf", "true", "9" * 5000]
VALUES += ["[[[[1]]]]", "*a", "&a [*a]", "!!python/name:os.system x", "!!binary x", "!!int x"]
VALUES += ["'\\0'", '"\\0"', '"\\ud800"', '"\\e[2J"', "'../../etc'", "/", "/dev/zero", "/proc/self"]
VALUES += ["{folder: /}", "{table: /dev/zero}", "{folder: .}", "{hf: 'a;b'}", "x" * 300, "é" * 9000]
VALUES += ["[" * 1000, "{a: " * 60 + "1" + "}" * 60, "[" + "1," * 150_000 + "1]"]
VALUES += ["'$(touch PWNED)'"]
VALUES += ["{<<: {a: 1}}", "{? [a] : 1}", "2024-01-01", "0x1f", "1:30", "|\n  a", "- a", "'`id`'"]
SCRIPTS = ["<script>@</script>", "<img src=x onerror=@>", "<svg onload=@>", "{{7*7}}"]
SCRIPTS += ["<iframe srcdoc='<script>@</script>'></iframe>", "<a href='javascript:@'>x</a>"]
SCRIPTS += ["</style><script>@</script>", "</title><script>@</script>", "<details open ontoggle=@>"]
SCRIPTS += ["<math><mi//xlink:href='data:x,<script>@</script>'>", "<audio src=x onerror=@></audio>"]
SCRIPTS += ["<body onload=@>", "<input autofocus onfocus=@>", "<b onmouseover=@>x</b>"]
SCRIPTS += ["<meta http-equiv=refresh content='0;url=javascript:@'>", "<style>@import 'x'</style>"]
SCRIPTS += ["[x](javascript:@)", "![x](x'onerror='@)", "`</code><script>@</script>`"]
PWNED = "document.title='PWN'+'ED'"

Attack = tuple[str, Callable[[], object]]
Kind = Callable[[Path, random.Random], Iterator[Attack]]


def attack(folder: Path, seed: int, tries: int) -> Counts:
    """Read five inputs for each try, so that 200 are 1,000; each kind has its share of them."""
    shares = {kind: max(1, round(5 * tries * share)) for kind, share in SHARES.items()}
    counts = read_all(folder, seed, {kind: (KINDS[kind], many) for kind, many in shares.items()})
    if tries > 10:  # a browser takes its time
        _pages(counts, folder)
    return counts


def read_all(folder: Path, seed: int, kinds: dict[str, tuple[Kind, int]]) -> Counts:
    """Read so many inputs of each kind, in a repository of their own."""
    counts = Counts(name=" and ".join(kinds))
    before = {k: os.environ.get(k) for k in ("EVALBOOK_ROOT", "EVALBOOK_CACHE")}
    root = folder / "repository"
    shutil.copytree(REPOSITORY / "params" / "catalogue", root / "params" / "catalogue")
    (root / "notebooks").mkdir()
    os.environ |= {"EVALBOOK_ROOT": str(root), "EVALBOOK_CACHE": str(root / ".cache")}
    try:
        for kind, (made, many) in kinds.items():
            inputs = made(root, random.Random(f"{seed} {kind}"))
            for _ in range(many):
                _try(counts, f"{kind} {seed}", *next(inputs))
        if (root / "PWNED").exists() or Path("PWNED").exists():
            counts.add("worse", "a command ran")
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return counts


def _try(counts: Counts, kind: str, name: str, read: Callable[[], object]) -> None:
    """Read an input in a fork, and count what became of it."""
    here, there = os.pipe()
    fork = os.fork()
    if not fork:
        os.close(here)
        _answer(there, read)
    os.close(there)
    ready, _, _ = select.select([here], [], [], 10 * SECONDS)  # of a machine with others on it
    said = os.fdopen(here, "rb").read(10_000).decode() if ready else ""
    if not ready:
        os.kill(fork, signal.SIGKILL)
    _, status = os.waitpid(fork, 0)
    endless = not ready or os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
    end = said.partition(" ")[0] or ("hangs" if endless else "worse")
    counts.add(end, f"{kind}: {name}: {said.partition(' ')[2] or f'ended by {status}'}")


def _answer(there: int, read: Callable[[], object]) -> None:
    """Write to a pipe how reading ended, and end this process."""
    most = psutil.Process().memory_info().vms + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)  # what libraries write of damaged files
    try:
        wrong = read()
        said = f"worse {wrong}" if isinstance(wrong, str) and wrong else "healed "
    except (UserError, Unreadable) as error:
        plain = str(error) and "\n" not in str(error) and len(str(error)) <= 2100
        said = "one_line " if plain else f"worse no line: {str(error)[:300]!r}"
    except BaseException as error:
        said = f"tracebacks {type(error).__name__}: {str(error)[:300]}"
    os.write(there, said.encode("utf-8", "replace")[:9_000])
    os._exit(0)


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Flip, cut, repeat, insert or overwrite a few bytes."""
    made = bytearray(content)
    for _ in range(draw.choice([1, 1, 2, 5, 20])):
        place = draw.randrange(len(made) + 1)
        kind = draw.randrange(6)
        if kind == 0 and place < len(made):
            made[place] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del made[place : place + draw.choice([draw.randrange(40), len(made)])]
        elif kind == 2:
            made[place:place] = made[place : place + 30] * draw.choice([1, 3, 200])
        elif kind == 3:
            made[place:place] = draw.randbytes(draw.choice([1, 4, 60]))
        elif kind == 4:
            made[place : place + 4] = draw.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
        else:
            made[place : place + 2] = draw.choice([b'"', b",", b"\n", b"\r", b"[", b"{", b"\\"])
    return bytes(made)


def _studies(root: Path, draw: random.Random) -> Iterator[Attack]:
    file = root / "params" / "fuzz.yaml"
    tokens = re.split(r"([\w.+-]+|[\[\]{},:])", STUDY)
    while True:
        kind, made = draw.randrange(4), list(tokens)
        for _ in range(draw.choice([1, 1, 2, 4])):
            place = draw.randrange(len(made))
            made[place] = draw.choice([*VALUES, draw.choice(tokens), ""])
        text = "".join(made).encode()
        if kind == 0:
            text = mutated(STUDY.encode(), draw)
        elif kind == 1:  # the value of a key at the top
            key = draw.choice(["task", "data", "candidates", "evaluate", "seed", "select"])
            lines = [line for line in STUDY.splitlines() if not line.startswith(key)]
            text = "\n".join([*lines, f"{key}: {draw.choice(VALUES)}"]).encode()
        file.write_bytes(text)
        yield repr(text[:300]), lambda: study_file.parse(file) and None


def _tables(root: Path, draw: random.Random) -> Iterator[Attack]:
    frame = pd.DataFrame({"path": [f"{n}.png" for n in range(9)], "label": [*"abcabcabc"]})
    frame["split"], frame["note"] = "train", 'a "b", c'
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    whole = {"csv": frame.to_csv(index=False).encode(), "parquet": parquet.getvalue()}
    whole["tsv"] = frame.to_csv(index=False, sep="\t").encode()
    whole["jsonl"] = frame.to_json(orient="records", lines=True).encode()
    while True:
        suffix = draw.choice([*whole])
        content = mutated(whole[suffix], draw)
        (root / f"t.{suffix}").write_bytes(content)
        source = {"table": f"t.{suffix}"}
        yield f"{suffix} {content[:200]!r}", lambda s=source: sources.load(s) and None


def _arrays(root: Path, draw: random.Random) -> Iterator[Attack]:
    stream, packed = io.BytesIO(), io.BytesIO()
    np.save(stream, np.zeros((6, 4, 4), np.uint8))
    np.savez_compressed(packed, data=np.zeros((6, 4, 4), np.uint8))
    np.save(root / "labels.npy", np.arange(6) % 2)
    fields = {"npy": {"data": "data.npy", "labels": "labels.npy"}}
    while True:
        content = mutated(draw.choice([stream, packed]).getvalue(), draw)
        (root / "data.npy").write_bytes(content)
        yield repr(content[:200]), lambda: sources.load(fields) and None


def _archives(root: Path, draw: random.Random) -> Iterator[Attack]:
    zipped, tar = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/one.txt", b"one" * 50)
    with tarfile.open(fileobj=tar, mode="w:gz") as file:
        file.addfile(tarfile.TarInfo("a/one.txt"))
    debian = package(root, tarred({"a.txt": b"one"}))

    def of_zip(path: Path) -> None:
        members = wheels.WheelMembers(path)
        for name in members.names():
            members.read(name)

    def of_package(path: Path) -> None:
        members = tar_packages.TarMembers(path)
        for name in members.names():
            members.read(name)

    kinds = {"zip": (zipped.getvalue(), of_zip), "tgz": (tar.getvalue(), of_package)}
    kinds |= {"deb": (debian.read_bytes(), of_package)}
    kinds |= {
        "nested": (tar.getvalue(), lambda p: nested_tar.read(p.read_bytes(), "a/one.txt", "t"))
    }
    for number in itertools.count():
        kind = draw.choice([*kinds])
        content, path = mutated(kinds[kind][0], draw), root / f"{number}.{kind}"
        path.write_bytes(content)
        read = kinds[kind][1]
        yield f"{kind} {content[:200]!r}", lambda r=read, p=path: r(p) and None


def _weights(root: Path, draw: random.Random) -> Iterator[Attack]:
    import pickle

    opening = [pickle.dumps(each, 2) for each in (torch_checkpoint.MAGIC, 1001, {"little": True})]
    whole = b"".join([*opening, pickle.dumps({}, 2), pickle.dumps([], 2)])
    harm = b"cos\nsystem\n(S'touch PWNED'\ntR."
    while True:
        content = mutated(draw.choice([whole, whole[:40] + harm, harm]), draw)
        yield repr(content[:200]), lambda c=content: torch_checkpoint.read(c, "w") and None


def _media(root: Path, draw: random.Random) -> Iterator[Attack]:
    noise = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    whole: list[tuple[Callable[[bytes], object], bytes]] = []
    for form in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM", "TGA", "JPEG2000", "ICO"):
        stream = io.BytesIO()
        Image.fromarray(noise).save(stream, form)
        whole.append((pictures.decode, stream.getvalue()))
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        file.writeframes(noise.tobytes())
    whole.append((sound.decode, stream.getvalue()))
    for text in (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
        "#EXTM3U\nhttp://127.0.0.1:9/a.wav\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
    ):
        whole.append((sound.decode, text.encode()))
    while True:
        decode, content = draw.choice(whole)
        content = mutated(content, draw)
        yield repr(content[:200]), lambda d=decode, c=content: d(c).size and None


def _entries(root: Path, draw: random.Random) -> Iterator[Attack]:
    values = {"values": np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32)}
    path = paths.cache("features", "one.entry")
    cache.write(path, values, {"seconds": 1.5})
    whole = path.read_bytes()

    def read() -> str:
        entry = cache.read(path)
        if entry is None:
            return "" if not path.exists() else "a damaged entry was left"
        same = entry[0]["values"].tobytes() == values["values"].tobytes()
        return "" if same and entry[1] == {"seconds": 1.5} else "a damaged entry was taken"

    while True:
        content = mutated(whole, draw)
        path.write_bytes(content)
        yield f"{len(content)} bytes", read


def _pages(counts: Counts, folder: Path) -> None:
    """Open a page that holds every payload in every place, in a browser if there is one."""
    evil = [each.replace("@", PWNED) for each in SCRIPTS]
    kinds = ("text/html", "text/plain", "text/markdown", "application/javascript", "image/svg+xml")
    outputs = [new_output("display_data", data={kind: each}) for each in evil for kind in kinds]
    outputs += [new_output("stream", name="stdout", text=each) for each in evil]
    outputs += [new_output("error", ename=e, evalue=e, traceback=[e]) for e in evil]
    cells = [new_code_cell("".join(evil), outputs=outputs)]
    nbformat.write(new_notebook(cells=[*map(new_markdown_cell, evil), *cells]), folder / "n.ipynb")
    html = render(folder / "n.ipynb", folder / "page.html", Page(title=" ".join(evil)))
    page = html.read_text(encoding="utf-8")
    policy = re.search(r"<meta[^>]*Content-Security-Policy[^>]*>", page)
    bare = page.replace(policy[0], "") if policy else page
    ran = policy is None or "default-src 'none'" not in policy[0] or "<script" in page.lower()
    if browser := shutil.which("chromium") or shutil.which("google-chrome"):
        # either the cleaning or the policy alone holds; without both, every payload would run
        alone = f"<html><head>{policy and policy[0]}</head><body>{''.join(evil)}</body></html>"
        shown = [_opened(browser, folder, each) for each in (page, bare, alone, "".join(evil))]
        ran |= any("PWNED" in each or not each for each in shown[:-1]) or "PWNED" not in shown[-1]
    else:
        print("pages: no browser is here: they are read, but not opened", flush=True)
    for each in evil:
        counts.add("worse" if ran else "one_line", f"page: {each}")


def _opened(browser: str, folder: Path, page: str) -> str:
    """Open a page in a browser, and return what its scripts made of it."""
    (folder / "opened.html").write_text(page, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000"]
    command = [browser, *flags, f"--user-data-dir={folder / 'browser'}", "--dump-dom"]
    command.append((folder / "opened.html").as_uri())
    return subprocess.run(command, capture_output=True, text=True, timeout=600).stdout


KINDS = {"study": _studies, "table": _tables, "array": _arrays, "archive": _archives}
KINDS |= {"weights": _weights, "media": _media, "entry": _entries}
