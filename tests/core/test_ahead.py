"""Things that are made ahead come in order, one at a time, and their errors where they are used."""

import threading

import pytest

from helpers.core import ahead


def test_the_next_is_made_while_one_is_used_and_no_other():
    begun, seen = [], []

    def make(job):
        begun.append(job)
        return job * 10

    for job, made in ahead.made(make, [1, 2, 3, 4]):
        seen.append((job, made))
        assert len(begun) <= len(seen) + 1
    assert seen == [(1, 10), (2, 20), (3, 30), (4, 40)] and begun == [1, 2, 3, 4]
    assert list(ahead.made(make, [])) == []


def test_an_error_is_raised_where_the_thing_is_used_and_the_thread_ends():
    before, used = threading.active_count(), []
    with pytest.raises(ZeroDivisionError):
        for job, _ in ahead.made(lambda job: 1 / job, [2, 1, 0]):
            used.append(job)
    assert used == [2, 1] and threading.active_count() == before
