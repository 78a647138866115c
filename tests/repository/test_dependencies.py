"""pyproject.toml, requirements.lock and environment.yml say the same."""

import re
import tomllib

import yaml
from factories.repository import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRAS = ("text", "speech", "dev")
DIRECT = set(PROJECT["dependencies"]).union(
    *(PROJECT["optional-dependencies"][name] for name in EXTRAS)
)
LOCK = (REPOSITORY / "requirements.lock").read_text()
PINS = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE))
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text())


def test_the_lock_pins_every_direct_dependency():
    assert set(PINS) >= DIRECT


def test_the_lock_gives_every_package_a_hash_and_names_no_address():
    blocks = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(PINS)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK


def test_conda_has_the_same_pins_and_the_same_python():
    [pip] = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    pinned = dict(line.split("==") for line in pip if "==" in line)
    assert pinned == {name: PINS[name] for name in DIRECT}
    assert "-e ." in pip
    [python] = [entry for entry in CONDA["dependencies"] if str(entry).startswith("python=")]
    assert PROJECT["requires-python"].startswith(f">={python.removeprefix('python=')},")


def test_there_is_one_tensorflow():
    builds = {"tensorflow", "tensorflow-cpu", "tensorflow-intel", "tf-nightly", "intel-tensorflow"}
    assert builds & set(PINS) == {"tensorflow"}
