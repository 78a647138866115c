"""The overhead of the pipeline: a study by make in a copy of the repository."""

import ast

import pandas as pd
import pytest

from helpers.benchmark import studies


def test_the_sentence_holds_the_overhead_and_its_share():
    ways = [studies.WHOLE, studies.SINGLY, studies.BARE]
    one, several = studies.sentences(pd.DataFrame({"way": ways, "seconds": [42.0, 47.0, 40.0]}))
    assert all(number in one for number in ("7.0 s", "40.0 s", "18 %", "0.50 s", "14"))
    assert "2.0 s" in several and "5 %" in several


def test_the_copy_holds_a_study_and_an_edit_changes_code(tmp_path):
    with studies.copied() as root:
        assert "efficientnet-lite0" in (root / "params" / "solar-cells.yaml").read_text()
        studies._run(root, [*studies.MAKE, "why", f"STUDY={studies.NAME}"])
        file = root / studies.EDITED
        before = len(ast.parse(file.read_text()).body)
        studies._edit(root)
        assert len(ast.parse(file.read_text()).body) == before + 1
    assert not root.exists()


def test_a_study_that_fails_says_why(tmp_path):
    with pytest.raises(studies.UserError, match="no such command"):
        studies._run(tmp_path, ["sh", "-c", "echo no such command >&2; exit 3"])
