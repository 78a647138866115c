"""YAML: a broken file is one line with its place."""

import os

import pytest
from factories import quickly

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


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
BOUNDS = {
    "a thousand brackets": "[" * 1_000 + "]" * 1_000,
    "a hundred thousand": "a: " + "[" * 100_000,
    "as many mappings": "{a: " * 100_000,
    "as many indents": "".join(f"{' ' * depth}a:\n" for depth in range(1_000)),
    "aliases that multiply": LAUGHS,
    "an alias inside of itself": "a: &a [*a]\n",
    "a merge that multiplies": LAUGHS.replace("[", "{k: [").replace("]", "]}"),
    "values without end": "a: [" + "1," * 120_000 + "1]",
    "a type of its own": "a: !!int x\n",
    "a time of its own": "a: !!timestamp x\n",
    "a character of number 0": 'a: "\\0"\n',
    "a megabyte": "a: " + "1" * 10_000_000,
}


@pytest.mark.parametrize("text", BOUNDS.values(), ids=BOUNDS)
def test_what_is_too_much_is_one_line_at_once(repository, text):
    file = repository / "a.yaml"
    file.write_text(text)
    with quickly.within(1), pytest.raises(UserError, match=r"^a\.yaml") as caught:
        read_yaml(file)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 300


def test_what_is_no_file_is_not_waited_for(repository):
    file = repository / "a.yaml"
    for make in (os.mkfifo, lambda path: os.symlink("/dev/zero", path), os.mkdir):
        make(file)
        with pytest.raises(UserError, match="not a file"):
            read_yaml(file)
        file.rmdir() if file.is_dir() else file.unlink()


def test_aliases_and_many_values_are_ordinary(tmp_path):
    file = tmp_path / "a.yaml"
    names = "".join(f"  class {row}: {row}\n" for row in range(20_000))
    file.write_text(f"names: &n\n{names}again: *n\nlong: {'9' * 18}\nlonger: {'9' * 19}\n")
    read = read_yaml(file)
    assert read["again"] is read["names"] and len(read["names"]) == 20_000
    assert read["long"] == 10**18 - 1 and read["longer"] == "9" * 19
