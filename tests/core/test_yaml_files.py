"""YAML: a broken file is one line with its place."""

import pytest

from helpers.core.errors import UserError
from helpers.core.yaml_files import read_yaml


def test_plain_values_are_read(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: {b: [1, 2.5, text]}\nc: true\n")
    assert read_yaml(file) == {"a": {"b": [1, 2.5, "text"]}, "c": True}


def test_what_may_be_a_name_stays_a_word(tmp_path):
    """``no`` is a country, 01 a class and 1:30 a time: none is another value in disguise."""
    file = tmp_path / "a.yaml"
    words = ["no", "yes", "on", "off", "y", "N", "01", "1:30", "1_2", "0x1f", "2024-01-05"]
    file.write_text(f"words: [{', '.join(words)}]\nno: 1\nplain: [true, False, 7, -1, 0.5, ~]\n")
    read = read_yaml(file)
    assert read == {"words": words, "no": 1, "plain": [True, False, 7, -1, 0.5, None]}


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (b"a: 1\nb: 2\na: 3\n", ["line 3", "'a'"]),
        (b"a: {b\n", ["line 2"]),
        (b"[1]: 2\n", ["line 1"]),
        (b"a: \xff\n", ["byte 3"]),
        (b"a: !!python/object:os.system {}\n", ["line 1"]),
        (None, ["a.yaml"]),
    ],
    ids=["repeated key", "broken", "list as key", "not UTF-8", "no plain value", "absent"],
)
def test_a_wrong_file_is_one_line(repository, content, facts):
    file = repository / "a.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_yaml(file)
    message = str(caught.value)
    assert message.startswith("a.yaml") and "\n" not in message
    assert all(fact in message for fact in facts)
