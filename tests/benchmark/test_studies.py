"""The overhead of the pipeline: a study by make in a copy of the repository."""

import ast

import pandas as pd
import pytest

from helpers.benchmark import studies


def test_the_sentence_holds_the_overhead_and_its_share():
    times = pd.DataFrame({"way": [studies.WHOLE, studies.BARE], "seconds": [44.0, 40.0]})
    [sentence] = studies.sentences(times)
    assert all(number in sentence for number in ("4.0 s", "40.0 s", "10 %", "1.0 s"))


def test_the_copy_holds_a_study_and_an_edit_changes_code(tmp_path):
    with studies.copied() as root:
        assert "efficientnet-lite0" in (root / "params" / "bench.yaml").read_text()
        file = root / studies.EDITED
        before = len(ast.parse(file.read_text()).body)
        studies._edit(root)
        assert len(ast.parse(file.read_text()).body) == before + 1
    assert not root.exists()


def test_a_study_that_fails_says_why(tmp_path):
    with pytest.raises(studies.UserError, match="no such command"):
        studies._run(tmp_path, ["sh", "-c", "echo no such command >&2; exit 3"])
