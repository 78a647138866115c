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


def test_several_threads_make_things_at_once_and_they_come_in_order():
    together = threading.Barrier(3, timeout=60)

    def make(job):
        together.wait()
        return job * 10

    assert list(ahead.side_by_side(make, range(6), 3)) == [0, 10, 20, 30, 40, 50]


def test_one_thread_is_this_one_and_makes_a_thing_when_it_is_asked_for():
    made = ahead.side_by_side(lambda job: (job, threading.get_ident()), iter([1, 2]), 1)
    assert next(made) == (1, threading.get_ident())


def test_whoever_stops_asking_waits_for_what_is_begun_and_drops_the_rest():
    begun, before = [], threading.active_count()
    made = ahead.side_by_side(lambda job: begun.append(job) or 1 / job, [2, 1, 0, *[1] * 10_000], 2)
    with pytest.raises(ZeroDivisionError):
        list(made)
    assert len(begun) < 10_000 and threading.active_count() == before
