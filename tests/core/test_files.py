"""Files: written whole, and paths that must stay in their folder."""

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
