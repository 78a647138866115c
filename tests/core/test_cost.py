"""Costs: counted as the literature counts them."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from helpers.core import cost


def test_operations_are_those_of_the_layers():
    inputs = keras.Input((10, 10, 3))
    network = keras.Model(inputs, keras.layers.Conv2D(4, 3, use_bias=False)(inputs))
    assert cost.gflops(network, (10, 10, 3)) == pytest.approx(2 * 8 * 8 * 4 * 27 / 1e9)


def test_mobilenet_costs_what_was_published():
    network = keras.applications.MobileNetV2(weights=None)
    assert cost.gflops(network, (224, 224, 3)) == pytest.approx(
        0.6, rel=0.05
    )  # 300 million multiply-adds


def test_memory_and_time_are_measured():
    before = cost.peak_memory_mb()
    held = np.ones(int(before / 8 * 1e6) + 12_500_000)  # more than was ever held, by 100 MB
    assert cost.peak_memory_mb() > before and held[0]
    with cost.Stopwatch() as watch:
        time.sleep(0.02)
    assert 0.02 <= watch.seconds < 1


@pytest.mark.parametrize(
    ("total", "asked"),
    [
        (2, (None,) * 4),
        (2, (1,) * 6),
        (2, (1, None, 1, None, 1, 1)),
        (4, (3, 3, 3)),
        (4, (2, None, 3, None, 2, 1)),
    ],
)
def test_stages_that_are_timed_never_share_a_core(repository, monkeypatch, total, asked):
    monkeypatch.setattr(cost, "usable_cores", lambda: total)
    inside, most = [], []

    def timed(count):
        with cost.cores(count):
            inside.append(count or total)
            most.append(sum(inside))
            time.sleep(0.05)
            inside.remove(count or total)

    with ThreadPoolExecutor(len(asked)) as pool:
        for each in [pool.submit(timed, count) for count in asked]:
            each.result(timeout=30)
    assert max(most) <= total and len(most) == len(asked)


def test_a_system_that_cannot_restrict_cores_lets_all_be_used(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert cost.usable_cores() == os.cpu_count()
