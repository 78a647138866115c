"""Errors: one line for the user, every cause for a maintainer who asks."""

import pytest

from helpers.core import errors


def hidden_cause():
    try:
        int("seven")
    except ValueError:
        raise errors.UserError("study.yaml: seed: a number is needed") from None


def test_the_full_traceback_shows_a_cause_that_from_none_hides():
    with pytest.raises(errors.UserError) as caught:
        hidden_cause()
    trace = errors.full_traceback(caught.value)
    assert "ValueError" in trace and "seven" in trace and "in hidden_cause" in trace
    assert trace.index("ValueError") < trace.index("study.yaml")


@pytest.mark.parametrize(
    ("value", "asked"), [(None, False), ("", False), ("0", False), ("1", True)]
)
def test_a_variable_asks_for_tracebacks(monkeypatch, value, asked):
    monkeypatch.delenv("EVALBOOK_DEBUG", raising=False)
    if value is not None:
        monkeypatch.setenv("EVALBOOK_DEBUG", value)
    assert errors.debugging() is asked


def test_an_unknown_name_is_answered_with_the_closest_and_the_allowed_ones():
    error = errors.unknown("metric", "macro-f2", ["accuracy", "macro-f1"], "study.yaml")
    assert str(error).startswith("study.yaml: ") and "'macro-f1'" in str(error)
    assert "accuracy, macro-f1" in str(error) and "\n" not in str(error)
    many = errors.unknown("metric", "x", [f"name-{number}" for number in range(20)])
    assert "8 more" in str(many) and "name-12" not in str(many)
