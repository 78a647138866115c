"""What an edit of the code reruns: the stages whose numbers depend on it, and no others."""

import shutil

import pytest
from factories.detection import made_shapes, write_coco
from factories.repository import REPOSITORY

from helpers.core import code_digest
from helpers.pipeline import plan

STUDIES = {
    "pictures": """\
task: image-classification
data: {source: digits-8x8, limit: 120}
candidates:
  - baseline: [majority, pixels]
  - probe: efficientnet-lite0
evaluate: {primary: accuracy}
""",
    "words": """\
task: text-classification
data: {source: reuters-r8, limit: 120}
candidates:
  - baseline: [majority, tfidf-logistic]
  - probe: all-minilm-l6-v2
""",
    "voices": """\
task: speech-recognition
data: {source: prompts-english, limit: 40}
candidates:
  - baseline: empty-transcript
  - zeroshot: whisper-tiny.en
""",
    "things": """\
task: object-detection
data: {source: {coco: {annotations: shapes/instances.json, images: shapes/images}}}
candidates:
  - baseline: mean-boxes
  - zeroshot: centernet-mobilenetv3
  - probe: efficientnet-lite0
  - predictions: theirs.csv
""",
}
EDITS = {
    "models/detection/single_shot": {"things/zeroshot-centernet-mobilenetv3/2-train-detection"},
    "training/detection_baselines": {"things/mean-boxes/2-train-detection"},
    "training/detection_zeroshot": {"things/zeroshot-centernet-mobilenetv3/2-train-detection"},
    "training/detection_network": {"things/probe-efficientnet-lite0/2-train-detection"},
    "training/external_detections": {"things/theirs/2-train-detection"},
    "models/speech/whisper": {"voices/zeroshot-whisper-tiny-en/2-train-speech"},
    "models/image/efficientnet_lite": {
        "pictures/probe-efficientnet-lite0/2-train",
        "things/probe-efficientnet-lite0/2-train-detection",
    },
    "models/text/sentence_bert": {"words/probe-all-minilm-l6-v2/2-train"},
    "training/baselines/tfidf": {"words/tfidf-logistic/2-train"},
    "training/baselines/pixels": {"pictures/pixels/2-train"},
    "data/checks/image": {"pictures/1-data", "things/1-data"},
    "data/checks/boxes": {"things/1-data"},
    "data/checks/text": {"words/1-data"},
    "data/surveys/audio": {"voices/1-data"},
    "metrics/paired_tests": {
        "pictures/4-compare",
        "words/4-compare",
        "voices/4-compare",
        "things/4-compare",
    },
    "comparison/classification": {"pictures/4-compare", "words/4-compare"},
    "comparison/speech_recognition": {"voices/4-compare"},
}
"""A module, and every stage that its edit reruns by itself, whatever follows from these."""


@pytest.fixture
def source(repository, tmp_path, monkeypatch):
    """Give four studies, and a copy of the code that may be edited."""
    write_coco(repository / "shapes", made_shapes(2))
    (repository / "theirs.csv").write_text("id,label,score,x,y,width,height\n")
    for notebook in (REPOSITORY / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, repository / "notebooks")
    for name, study in STUDIES.items():
        (repository / "params" / f"{name}.yaml").write_text(study)
    copied = tmp_path / "helpers"
    shutil.copytree(code_digest.SOURCE, copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code_digest, "SOURCE", copied)
    forget()
    yield copied
    forget()


def forget():
    for cached in (code_digest.of_module, code_digest._imports_of):
        cached.cache_clear()


def digests():
    """Digest the code and the choices of every stage; its inputs are none of an edit's matter."""
    forget()
    found = {}
    for stage in plan.load(list(STUDIES)):
        inputs = {str(path) for path in stage.inputs}
        components = {k: v for k, v in stage.components.items() if k not in inputs}
        folder = "/".join(part for part in (stage.study, stage.candidate) if part)
        found[f"{folder}/{stage.notebook or stage.stage}"] = components
    return found


def rerun_by(source, module):
    before = digests()
    file = source / f"{module}.py"
    file.write_text(file.read_text() + "\nEDITED = True\n")
    after = digests()
    return {key for key in before if before[key] != after[key]}


@pytest.mark.parametrize("module", EDITS)
def test_an_edit_reruns_the_stages_that_depend_on_it(source, module):
    assert rerun_by(source, module) == EDITS[module]


def test_an_edit_of_the_bootstrap_prepares_and_trains_nothing(source):
    stages = {key.rpartition("/")[2] for key in rerun_by(source, "metrics/statistics/bootstrap")}
    assert stages == {"3-evaluate", "3-evaluate-speech", "3-evaluate-detection", "4-compare"}


def test_an_edit_of_speech_code_leaves_images_and_texts_alone(source):
    before = digests()
    for folder in ("data/speech", "data/audio", "models/speech", "models/audio"):
        for path in (source / folder).glob("*.py"):
            path.write_text(path.read_text() + "\nEDITED = True\n")
    after = digests()
    changed = {key for key in before if before[key] != after[key]}
    assert changed and all(key.startswith("voices/") for key in changed)
