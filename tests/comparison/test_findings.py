"""The summary at the end of a comparison: numbers of the table and the pairs."""

from factories.study import made_study

from helpers.comparison import findings, leaderboard


def test_the_findings_count_ties_and_significant_pairs(repository):
    made_study({"majority": 0.0, "pixels": 1.0, "probe-a": 1.9, "probe-b": 2.0}, items=2400)
    names = ["majority", "pixels", "probe-a", "probe-b"]
    compared = leaderboard.compare("made", names, resamples=300)
    first, expected, tied, significant, detected = findings.of_comparison(compared)
    assert compared.winner in first and f"{compared.table['value'].iloc[0]:.3f}" in first
    assert f"{compared.expected.value:.3f}" in expected
    assert compared.tied_with[0] in tied and "5 of 6 pairs" in significant
    assert f"{compared.detectable_difference:.3f}" in detected and "600" in detected
