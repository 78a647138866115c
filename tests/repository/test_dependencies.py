"""pyproject.toml, requirements.lock, environment.yml and the Makefile say the same."""

import os
import re
import shutil
import subprocess
import tomllib
from itertools import product

import pytest
import yaml
from factories.repository import REPOSITORY
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRAS = ("text", "speech", "detection", "dev")
DECLARED = [
    Requirement(line)
    for line in [
        *PROJECT["dependencies"],
        *(line for name in EXTRAS for line in PROJECT["optional-dependencies"][name]),
    ]
]
DIRECT = {each.name for each in DECLARED}
LOCK = (REPOSITORY / "requirements.lock").read_text()
BLOCKS = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
LOCKED = [Requirement(block.splitlines()[0].rstrip("\\ ")) for block in BLOCKS]
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = {"linux": ("x86_64", "aarch64"), "darwin": ("arm64",)}
SYSTEMS = [(system, each) for system, machines in PLATFORMS.items() for each in machines]
MAKEFILE = (REPOSITORY / "Makefile").read_text()
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text())


def environment(python, system, machine):
    """Give what the markers of a requirement are decided by, on another system."""
    return default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": system,
        "platform_machine": machine,
        "platform_system": system.capitalize(),
        "os_name": "posix",
    }


def pins(python="3.13", system="linux", machine="x86_64"):
    """Return the version of each package that the lock installs on a system, and check it once."""
    here = environment(python, system, machine)
    chosen = [each for each in LOCKED if not each.marker or each.marker.evaluate(here)]
    versions = {each.name: str(each.specifier).removeprefix("==") for each in chosen}
    assert len(versions) == len(chosen), "one version of each"
    return versions


@pytest.mark.parametrize(("python", "system"), list(product(PYTHONS, SYSTEMS)))
def test_the_lock_pins_every_direct_dependency_on_every_system(python, system):
    pinned, here = pins(python, *system), environment(python, *system)
    for each in DECLARED:
        if not each.marker or each.marker.evaluate(here):
            assert each.specifier.contains(pinned[each.name])
    assert pinned.keys() >= DIRECT


def test_pythons_and_systems_differ_by_what_some_of_them_lack_alone():
    """Scores must not depend on the Python: all have the same versions, but for one package."""
    versions = {}
    for python, system in product(PYTHONS, SYSTEMS):
        for name, version in pins(python, *system).items():
            versions.setdefault(name, set()).add(version)
    assert {name for name, each in versions.items() if len(each) > 1} == {"pocketsphinx"}


def test_the_lock_gives_every_package_a_hash_and_names_no_address():
    assert len(BLOCKS) >= len(pins())
    assert all("--hash=sha256:" in block for block in BLOCKS)
    assert "://" not in LOCK


def test_conda_has_the_same_pins_and_a_python_that_fits():
    [pip] = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    [python] = [entry for entry in CONDA["dependencies"] if str(entry).startswith("python=")]
    pinned = dict(line.split("==") for line in pip if "==" in line)
    assert pinned == {name: pins(python.removeprefix("python="))[name] for name in DIRECT}
    assert "-e ." in pip


def test_the_project_and_make_take_the_pythons_of_the_lock():
    every = [f"3.{minor}" for minor in range(8, 20)]
    fits = SpecifierSet(PROJECT["requires-python"])
    assert tuple(python for python in every if python in fits) == PYTHONS
    low, high = re.search(r"\((3, \d+)\) <= sys.version_info < \((3, \d+)\)", MAKEFILE).groups()
    bounds = f">={low.replace(', ', '.')},<{high.replace(', ', '.')}"
    assert PROJECT["requires-python"] == bounds
    tried = re.search(r"for python in (.+) python3 ''", MAKEFILE)[1].split()
    assert tried == [f"python{python}" for python in reversed(PYTHONS)]


@pytest.mark.parametrize(
    ("broken", "fits", "chosen"),
    [
        ([], ["python3.13", "python3.11", "python3"], "python3.13"),
        (["python3.13"], ["python3.12", "python3.11"], "python3.12"),
        (["python3.13", "python3.12", "python3.11"], ["python3"], "python3"),
        (["python3.12", "python3"], [], None),
    ],
)
def test_make_takes_the_newest_python_that_runs(tmp_path, broken, fits, chosen):
    """A shim that says that its Python is not there is passed over; without one, a line says so."""
    root, programs = tmp_path / "with blanks", tmp_path / "bin"
    root.mkdir()
    programs.mkdir()
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(REPOSITORY / name, root)
    for program in ("bash", "cat", "cksum", "rm"):
        (programs / program).symlink_to(shutil.which(program))
    for name in broken:
        (programs / name).write_text("#!/bin/bash\necho 'command not found' >&2; exit 127\n")
    for name in fits:  # runs, and makes no environment
        made = f'[ "$1" = -m ] && echo {name} > chosen && exit 3; exit 0'
        (programs / name).write_text(f"#!/bin/bash\n{made}\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    done = subprocess.run(
        [shutil.which("make"), "setup"],
        cwd=root,
        env={"PATH": str(programs), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
    )
    assert done.returncode
    assert (root / "chosen").exists() == bool(chosen)
    if chosen:
        assert (root / "chosen").read_text().strip() == chosen
    else:
        assert "evalbook: Python 3.11" in done.stderr and "found: none" in done.stderr


def test_there_is_one_tensorflow():
    builds = {"tensorflow", "tensorflow-cpu", "tensorflow-intel", "tf-nightly", "intel-tensorflow"}
    assert builds & {each.name for each in LOCKED} == {"tensorflow"}


def test_pytorch_is_pinned_beside_the_lock_and_what_imports_it_is_marked():
    lines = (REPOSITORY / "tests" / "torch.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if not line.startswith("#")]
    assert all(str(each.specifier).startswith("==") for each in pinned)
    names = {each.name for each in pinned}
    assert names >= set(PROJECT["optional-dependencies"]["torch"])
    assert not names & {each.name for each in LOCKED}, "one version of each"
    imports = re.compile(r"^ +(?:import|from) (?:torch|torchvision|transformers|timm)\b", re.M)
    files = {each: each.read_text() for each in (REPOSITORY / "tests").rglob("test_*.py")}
    needing = [text for text in files.values() if imports.search(text)]
    assert len(needing) > 3 and all("mark.torch" in text for text in needing)


def test_ray_is_pinned_beside_the_lock_within_the_bounds_of_the_extra():
    lines = (REPOSITORY / "tests" / "cluster.txt").read_text().splitlines()
    pinned = {each.name: each for each in map(Requirement, lines[1:])}
    assert not pinned.keys() & {each.name for each in LOCKED}, "one version of each"
    wanted = map(Requirement, PROJECT["optional-dependencies"]["cluster"])
    versions = pins() | {n: str(e.specifier).removeprefix("==") for n, e in pinned.items()}
    assert all(each.specifier.contains(versions[each.name]) for each in wanted)


def test_peers_are_pinned_beside_the_lock_and_pytorch():
    first, *lines = (REPOSITORY / "tests" / "peers.txt").read_text().splitlines()[1:]
    pinned = [Requirement(line) for line in lines]
    assert first == "--requirement torch.txt"
    assert all(str(each.specifier).startswith("==") for each in pinned)
    assert not {each.name for each in pinned} & {each.name for each in LOCKED}
