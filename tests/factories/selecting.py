"""A study that selects its finalists."""

from helpers.config import study_file

STUDY = """\
# What it shows.
task: image-classification
data: {source: elpv}
candidates:
  - baseline: majority
  - probe: [efficientnet-lite0, efficientnet-lite1, "scratch:efficientnet-lite0"]
select: {finalists: 2, epochs: 7}
"""


def parse(root, text=STUDY):
    file = root / "params" / "study.yaml"
    file.write_text(text)
    return study_file.parse(file)
