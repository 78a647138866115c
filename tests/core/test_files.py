"""Files: written whole, and paths that must stay in their folder."""

import numpy as np
import pytest

from helpers.core import files


@pytest.mark.parametrize(
    ("name", "leaves"),
    [
        ("a/b.png", False),
        ("./a..b", False),
        ("../a", True),
        ("a/../../b", True),
        ("/etc/passwd", True),
        ("C:/a", True),
        ("a\\b", True),
        ("a\0b", True),
    ],
)
def test_a_path_that_leaves_its_folder_is_recognised(name, leaves):
    assert files.leaves_folder(name) is leaves


def test_json_holds_plain_values_and_damaged_json_reads_as_empty(tmp_path):
    file = tmp_path / "a" / "b.json"
    values = {"b": np.float32(0.5), "a": [np.nan, np.int64(3)], 1: tmp_path}
    files.write_json(file, values)
    assert files.read_json(file) == {"1": str(tmp_path), "a": [None, 3], "b": 0.5}
    assert [path.name for path in file.parent.iterdir()] == ["b.json"]
    file.write_text('{"a": ')
    assert files.read_json_or_empty(file) == {} == files.read_json_or_empty(tmp_path / "none")


def test_one_process_at_a_time_holds_a_lock(tmp_path):
    first = files.lock(tmp_path / "lock")
    with first, pytest.raises(BlockingIOError), files.lock(tmp_path / "lock", wait=False):
        pass
    with files.lock(tmp_path / "lock", wait=False):
        pass
