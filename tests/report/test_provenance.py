"""Provenance: what decides a number is named."""

import numpy as np
from factories.notebook_output import displayed_html

from helpers.core import provenance as core_provenance
from helpers.report import provenance


def test_provenance_names_what_decides_a_number(repository):
    known = core_provenance.collect()
    assert known["packages"]["numpy"] == np.__version__
    assert known["cores"] >= 1 and known["processor"] and known["python"].startswith("3.")
    html = displayed_html(lambda: provenance.show("no study"))
    assert "peak memory" in html and "seconds" in html and "data digest" not in html
