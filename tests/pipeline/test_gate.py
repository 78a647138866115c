"""The command compare: its exit codes, what it prints last, and its page."""

import os
import shutil
import subprocess
import sys

import pytest
from factories.repository import REPOSITORY

from helpers import __main__
from helpers.pipeline import notebook_execution


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Give two candidates and labels in a folder outside any repository, and work there."""
    monkeypatch.delenv("EVALBOOK_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    lines = [f"x{number},{'ab'[number % 2]}" for number in range(200)]
    swapped = [f"x{number},{'ba'[number % 2]}" for number in range(200)]
    (tmp_path / "labels.csv").write_text("\n".join(["id,label", *lines]))
    (tmp_path / "my old.csv").write_text("\n".join(["id,prediction", *swapped[:8], *lines[8:]]))
    (tmp_path / "new.csv").write_text("\n".join(["id,prediction", *swapped[:60], *lines[60:]]))
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Leave out the run of the page's notebook."""
    monkeypatch.setattr(
        notebook_execution, "execute", lambda source, target, *_: shutil.copyfile(source, target)
    )


@pytest.mark.parametrize(
    ("names", "more", "code"),
    [
        (("my old.csv", "new.csv"), (), 3),
        (("new.csv", "my old.csv"), (), 0),
        (("my old.csv", "new.csv"), ("--metric", "accuracy", "--margin", "0.4", "--seed", "3"), 0),
        (("my old.csv", "gone.csv"), (), 2),
        (("my old.csv", "my old.csv"), (), 2),
        (("my old.csv", "new.csv"), ("--metric", "log-loss"), 2),  # there are no scores
        (("my old.csv", "new.csv"), ("--margin", "one"), 2),
        (("my old.csv", "new.csv"), ("--page", "new.csv"), 2),
        (("my old.csv", "new.csv"), ("--page", "no folder/page.html"), 2),
    ],
)
def test_the_exit_code_says_whether_the_second_is_surely_worse(
    files, quick, capsys, names, more, code
):
    before = {path.name: path.read_bytes() for path in files.iterdir()}
    assert __main__.act(["compare", "labels.csv", *names, *more]) == code
    printed = capsys.readouterr()
    if code == 2:
        assert not printed.out and len(printed.err.splitlines()) == 1
    else:
        assert printed.out.splitlines()[-1].startswith(f"Exit code {code}: ")
    pages = {path.name for path in files.iterdir()} - before.keys()
    one, other = (name.removesuffix(".csv").replace(" ", "-") for name in names)
    assert pages == (set() if code == 2 else {f"{other}-against-{one}.html"})
    assert all((files / name).read_bytes() == content for name, content in before.items())


def test_from_a_shell_it_ends_with_the_code_and_leaves_a_page_alone(files):
    """Once with the notebook, in a kernel of its own, which takes some seconds."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    command = [sys.executable, "-m", "helpers", "compare", "labels.csv", "my old.csv", "new.csv"]
    done = subprocess.run(
        [*command, "--page", "page.html"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 3, done.stderr
    *_, page, last = done.stdout.splitlines()
    assert page.endswith("/page.html") and last.startswith("Exit code 3: ")
    names = {path.name for path in files.iterdir()}
    assert names == {"labels.csv", "my old.csv", "new.csv", "page.html"}
    html = (files / "page.html").read_text()
    assert html.count("data:image/svg+xml;base64,") >= 2 and "<script" not in html
    assert all(sentence in html for sentence in ("my-old", "new"))
    assert 'src="http' not in html and 'href="http' not in html.partition("</head>")[0]
