"""What is out of date, and studies by the names of files and targets that they have."""

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from factories.cases import put
from factories.parameters import first
from factories.records import metrics_record
from factories.repository import REPOSITORY

from helpers.config import study_file
from helpers.core.errors import UserError
from helpers.pipeline import external_inputs, plan, status

STUDY = """\
task: image-classification
data: {source: {folder: pets}}
candidates:
  - baseline: [majority]
"""


@pytest.fixture
def pets(repository):
    """Give a repository with 24 pictures of noise, the notebooks and the Makefile."""
    random = np.random.default_rng(0)
    for number in range(24):
        pixels = random.integers(0, 255, (24, 24, 3), dtype="uint8")
        put(repository / "pets" / "ab"[number % 2] / f"{number}.png", pixels)
    for part in ("notebooks", "src"):
        hidden = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
        shutil.copytree(REPOSITORY / part, repository / part, ignore=hidden, dirs_exist_ok=True)
    for part in ("Makefile", "params/digits.yaml", "requirements.lock", "pyproject.toml"):
        shutil.copy(REPOSITORY / part, repository / part)
    return repository


def make(*targets, seconds=120):
    """Run make and no stage: give its status, None if it does not end, and all that it says."""
    environment = {key: each for key, each in os.environ.items() if not key.startswith("MAKE")}
    environment.pop("EVALBOOK_ROOT")
    process = subprocess.Popen(
        ["make", f"PYTHON={sys.executable}", "RUNNER=true", *targets],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said = process.communicate(timeout=seconds)[0]
        return process.returncode, said
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return None, process.communicate()[0]


def test_a_check_says_that_its_numbers_are_out_of_date(pets):
    """Numbers whose stages are out of date are not as expected."""
    study = STUDY + "expect: {majority-macro-f1: [0.3, 0.4]}\n"
    (pets / "params/old.yaml").write_text(study)
    metrics = metrics_record("old", "majority", {"macro-f1": {"value": 0.333}})
    metrics.write("old", "majority")
    if not any(stage.fresh for stage in plan.stages(study_file.load("old"))):
        assert status.check(["old"])


def test_a_file_of_the_same_name_size_and_time_is_seen_to_be_another(repository):
    """A copy that keeps the time of its original makes the data another."""
    file, copied = repository / "set/a.bmp", repository / "new.bmp"
    file.parent.mkdir()
    file.write_bytes(b"BM" + bytes(1000))
    before, state = external_inputs.of_source({"folder": {"path": "set"}}), file.stat()
    copied.write_bytes(b"BM" + bytes([255]) * 1000)
    os.replace(copied, file)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert external_inputs.of_source({"folder": {"path": "set"}}) != before


@pytest.mark.parametrize(
    "name",
    [
        "my pets",
        "a#b",
        "a:b",
        "a%b",
        "a;b",
        "a$b",
    ],
)
def test_other_studies_run_beside_one_of_an_odd_name(pets, name):
    """One file with an odd name stops no other study."""
    (pets / "params" / f"{name}.yaml").write_text(STUDY)
    failed, _ = make("-n", "digits")
    assert failed == 0


@pytest.mark.parametrize("name", first(["a$b", "my pets", "a#b", "a:b", "a%b", "a;b"]))
def test_a_study_of_an_odd_name_runs_or_is_named(pets, name):
    """A name that make cannot take is refused with the name of its file."""
    (pets / "params" / f"{name}.yaml").write_text(STUDY)
    failed, said = make(name)
    assert failed == 0 or f"{name}.yaml" in said


def test_a_study_file_by_another_ending_is_named(pets):
    """A study in a file .yml is run, or its ending is named."""
    (pets / "params/animals.yml").write_text(STUDY)
    failed, said = make("animals")
    assert failed == 0 or "yml" in said


def test_a_study_called_clean_removes_nothing(pets):
    """What was built stays, whatever the name of a study."""
    (pets / "build").mkdir()
    (pets / "reports").mkdir()
    (pets / "build/precious").write_text("a day of training")
    (pets / "params/clean.yaml").write_text(STUDY)
    make("clean")
    assert (pets / "build/precious").is_file()


def test_a_study_called_all_ends(pets):
    """A study with the name of the default target does not run for ever."""
    (pets / "params/all.yaml").write_text(STUDY)
    failed, _ = make("-n", "all", seconds=3)
    assert failed is not None


@pytest.mark.parametrize(
    "name",
    ["all", "stages", "test", "check", "list", "why", "lab", "help", "bench", "clean", "distclean"],
)
def test_a_study_with_the_name_of_a_target_is_refused(pets, name):
    """A line says that the name is taken."""
    (pets / "params" / f"{name}.yaml").write_text(STUDY)
    said = ""
    try:
        plan.load([name])
    except UserError as error:
        said = str(error)
    assert "name" in said
