"""What threads decode side by side is bounded in bytes, and nobody waits for ever."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpers.data import room


@pytest.fixture
def most(monkeypatch):
    """Count the most bytes that tasks of eight threads hold at once."""
    monkeypatch.setattr(room, "BYTES", 100)

    def run(*takes):
        held, seen, lock = [0], [], threading.Lock()

        def task(own):
            with room.shared():
                for each in own:
                    room.take(each)
                    with lock:
                        held[0] += each
                        seen.append(held[0])
                time.sleep(0.002)
                with lock:
                    held[0] -= sum(own)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(task, takes, timeout=20))
        return max(seen)

    return run


def test_small_items_go_side_by_side_and_large_ones_alone(most):
    assert 50 < most(*[[25]] * 40) <= 100
    assert most(*[[90]] * 20) == 90
    assert most(*[[1000]] * 8) == 1000


def test_a_task_that_takes_twice_ends(most):
    assert most(*[[60, 60]] * 20) >= 120


def test_what_is_no_task_never_waits():
    for _ in range(3):
        room.take(10 * room.BYTES)


def test_a_task_that_fails_gives_back_what_it_took(most):
    with pytest.raises(ValueError), room.shared():
        room.take(100)
        raise ValueError
    assert most([100]) == 100


def test_images_of_a_hundred_megapixels_are_decoded_one_at_a_time(repository, monkeypatch):
    import io

    import numpy as np
    from PIL import Image

    from helpers.data.image import decoding

    taken = []
    monkeypatch.setattr(room, "take", taken.append)
    stream = io.BytesIO()
    Image.fromarray(np.zeros((50, 40), np.uint8)).save(stream, "PNG")
    decoding.decode(stream.getvalue())
    assert taken == [50 * 40 * decoding.PIXEL]
    assert 2 * decoding.MAX_PIXELS * decoding.PIXEL > room.BYTES
