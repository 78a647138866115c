"""Work in shards goes on where it was killed, and never does anything twice."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest
from factories.repository import REPOSITORY

from helpers.core import cache, paths, shards

KEYS = [f"{number:064d}" for number in range(10)]
KILLED = """
import os, signal
from helpers.core import shards
from test_shards import KEYS, compute
def killed(number):
    if number == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return compute(number)
list(shards.run(shards.Work("made", KEYS, lambda: killed), killed))
"""


def compute(number, log=None):
    if log is not None:
        log.append(number)
    return {"values": np.full(3, number)}, {"seconds": float(number)}


def test_a_run_that_is_killed_loses_one_shard_at_most(repository):
    path = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY / "tests" / "core")])
    path += os.pathsep + str(REPOSITORY / "tests")
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", KILLED], env=environment)
    assert done.returncode == -signal.SIGKILL
    log = []
    work = shards.Work("made", KEYS, lambda: compute)
    found = dict(shards.run(work, partial(compute, log=log)))
    assert log == [9] and sorted(found) == list(range(10))
    for number, (arrays, about) in found.items():
        assert arrays["values"].tolist() == [number] * 3 and about == {"seconds": number}
    shards.discard(work)
    assert list(paths.cache("shards").iterdir()) == []


def test_a_damaged_shard_is_computed_again_and_no_other(repository):
    work, log = shards.Work("made", KEYS, lambda: compute), []
    list(shards.run(work, compute))
    work.file(4).write_bytes(work.file(4).read_bytes()[:-20])
    list(shards.run(work, partial(compute, log=log)))
    assert log == [4]


def test_a_helper_computes_what_is_offered_and_both_do_each_once(repository, monkeypatch):
    """The first waits in its first shard until the helper has computed all others."""
    monkeypatch.setenv(shards.CLUSTER, "somewhere")
    mine, theirs = [], []

    def computed_by_helper(number):
        return compute(number, theirs)

    def slow(number):
        if not mine:
            [offer] = shards.offers().glob(shards.OFFER)
            assert offer.name.split(".")[1:3] == ["2", "9"]
            shards.help_with(offer)
        return compute(number, mine)

    _HELPER.append(computed_by_helper)
    work = shards.Work("made", KEYS, _start, cores=2)
    assert sorted(number for number, _ in shards.run(work, slow)) == list(range(10))
    assert mine == [0] and sorted(theirs) == list(range(1, 10))
    assert not list(shards.offers().glob(shards.OFFER))


_HELPER = []


def _start():
    return sys.modules[__name__]._HELPER[-1]


def test_an_offer_of_nobody_is_not_read(repository, monkeypatch):
    """What lies in build/ is not trusted, and a pickle may run anything."""
    monkeypatch.setenv(shards.CLUSTER, "somewhere")
    offer = shards.offers() / "made.0.9.offer"
    offer.parent.mkdir(parents=True)
    bad = pickle.dumps(shards.Work("made", KEYS, partial(os.mkdir, repository / "ran")))
    for content in (bad, bytes(32) + bad, b""):
        offer.write_bytes(content)
        shards.help_with(offer)
    assert not (repository / "ran").exists()


def test_whoever_finds_a_shard_being_computed_waits_for_it(repository, monkeypatch):
    monkeypatch.setattr(shards, "POLL_SECONDS", 0.01)
    begun, done = threading.Event(), []

    def slow(number):
        begun.set()
        threading.Event().wait(0.3)
        done.append(number)
        return compute(number)

    work = shards.Work("made", KEYS[:1], lambda: slow)
    other = threading.Thread(target=lambda: list(shards.run(work, slow)))
    other.start()
    begun.wait(10)
    found = list(shards.run(work, lambda number: pytest.fail("computed twice")))
    other.join()
    assert done == [0] and len(found) == 1 and cache.read(work.file(0))


def test_what_cannot_be_kept_is_still_computed(repository):
    paths.cache().mkdir(parents=True)
    paths.cache("shards").mkdir()
    os.chmod(paths.cache("shards"), 0o755)
    work = shards.Work("made", KEYS, lambda: compute)
    for number in range(10):
        work.file(number).mkdir()
        (work.file(number) / "in the way").touch()
    assert len(list(shards.run(work, compute))) == 10


def test_work_that_cannot_be_sent_is_done_here(repository, monkeypatch, capsys):
    monkeypatch.setenv(shards.CLUSTER, "somewhere")
    lock = threading.Lock()
    work = shards.Work("made", KEYS, lambda: lock and compute)
    assert len(list(shards.run(work, compute))) == 10
    assert "computed on one node" in capsys.readouterr().err
