"""What the checks of the data say against every number of a study, told where candidates meet."""

from helpers import files, paths

SAID = {
    "D403": "Groups lie on two sides of the split: on new groups all candidates will do worse.",
    "D406": "Who is tested was trained on: on new voices all candidates will do worse.",
    "D407": (
        "Some classes are spoken by one voice alone: a candidate that knows the voices and nothing "
        "else scores as well."
    ),
}
"""By the code of a check that found something."""


def of(study: str) -> list[str]:
    """Return a sentence for each finding that weakens a comparison; none if nothing was found."""
    file = paths.build(study) / "data.json"
    checks = files.read_json(file).get("checks", []) if file.is_file() else []
    return [SAID[each["code"]] for each in checks if each["code"] in SAID and each["count"]]
