"""``pretrain:`` of a study file: methods, names, and candidates that use a backbone."""

import pytest
from factories.selecting import parse

from helpers.core.errors import UserError
from helpers.pipeline import plan

STUDY = """\
# What it shows.
task: image-classification
data: {source: mnist-5k}
pretrain: PRETRAIN
candidates:
  - baseline: majority
  - probe: "pretrained:NAME"
  - scratch: "pretrained:NAME"
"""


def study(root, pretrain="{method: autoencoder}", name="autoencoder", more=""):
    return parse(root, STUDY.replace("PRETRAIN", pretrain).replace("NAME", name) + more)


def test_a_backbone_has_defaults_and_its_study_in_its_name(repository):
    found = study(repository, more="seed: 3\n")
    [backbone] = found.pretrain
    assert backbone["name"] == "autoencoder" and backbone["epochs"] > 0
    assert found.candidates[1].model == "pretrained:study/autoencoder"
    assert found.candidates[1].name == "probe-pretrained-autoencoder"
    assert "pretrained" in found.single


def test_a_layer_and_random_weights_of_a_backbone(repository):
    assert study(repository, name="autoencoder@block2").candidates[1].model.endswith("@block2")
    other = STUDY.replace('"pretrained:NAME"', '"scratch:pretrained:simclr"', 1)
    found = parse(
        repository, other.replace("PRETRAIN", "{method: simclr}").replace("NAME", "simclr")
    )
    assert found.candidates[1].model == "scratch:pretrained:study/simclr"


def test_what_has_seen_the_test_items_says_so_in_every_table(repository):
    found = study(repository, "{method: gan, transductive: true}", "gan")
    names = [each.name for each in found.candidates]
    assert names == ["majority", "probe-pretrained-gan-transductive", "scratch-pretrained-gan"]


@pytest.mark.parametrize(
    ("pretrain", "name", "message"),
    [
        ("{method: autoencodr}", "x", "did you mean 'autoencoder'"),
        ("[]", "x", "unknown backbone 'x'"),
        ("{epochs: 3}", "x", "a method is needed"),
        ("{method: [gan]}", "x", "unknown method"),
        ("{method: gan, epoch: 3}", "gan", "unknown key 'epoch'"),
        ("{method: gan, time_budget: 0}", "gan", "time_budget"),
        ("{method: gan, name: A/b}", "gan", "name"),
        ("[{method: gan}, {method: gan}]", "gan", "duplicate name gan"),
        ("{method: gan}", "gam", "unknown backbone 'gam'; did you mean 'gan'"),
    ],
)
def test_a_mistake_gets_one_line(repository, pretrain, name, message):
    with pytest.raises(UserError, match=message) as error:
        study(repository, pretrain, name)
    assert "params/study.yaml" in str(error.value) and "\n" not in str(error.value)


def test_texts_are_pretrained_further(repository):
    text = STUDY.replace("image-classification", "text-classification")
    text = text.replace("mnist-5k", "reuters-r8").replace("NAME", "masked-language")
    found = parse(repository, text.replace("PRETRAIN", "{method: masked-language}"))
    [made] = found.pretrain
    assert made["model"] == "all-minilm-l6-v2" and made["max_tokens"] == 64
    assert found.candidates[1].model == "pretrained:study/masked-language"
    loads = {each.key: each for each in plan.of("study")}["study/0-pretrain"].loads
    assert "helpers.training.pretraining.masked_language" in loads
    for model in ("multilingual-e5-small", "glove-6b-50d"):
        odd = f"{{method: masked-language, model: {model}}}"
        with pytest.raises(UserError, match=f"{model}: only a sentence-bert can be"):
            parse(repository, text.replace("PRETRAIN", odd))
    with pytest.raises(UserError, match="unknown key 'image_size'"):
        parse(repository, text.replace("PRETRAIN", "{method: masked-language, image_size: 32}"))


def test_other_tasks_and_no_backbones_are_refused(repository):
    text = STUDY.replace("pretrain: PRETRAIN\n", "")
    with pytest.raises(UserError, match="unknown backbone"):
        parse(repository, text)
    text = "# Texts.\ntask: text-classification\ndata: {source: reuters-r8}\n"
    text += "pretrain: {method: gan}\ncandidates: [{baseline: majority}]\n"
    with pytest.raises(UserError, match="unknown method 'gan'"):
        parse(repository, text)
    with pytest.raises(UserError, match="no method of pretraining"):
        parse(repository, text.replace("text-classification", "audio-classification"))
    with pytest.raises(UserError, match="transductive"):
        study(repository, "{method: gan, transductive: true}", "gan", "select: {finalists: 1}\n")
    with pytest.raises(UserError, match="folds"):
        more = STUDY.replace("{source: mnist-5k}", "{source: mnist-5k, split: {folds: 5}}")
        parse(repository, more.replace("PRETRAIN", "{method: gan}").replace("NAME", "gan"))


def test_only_candidates_on_a_backbone_wait_for_it(repository):
    study(repository)
    stages = {each.key: each for each in plan.of("study")}
    assert "study/0-pretrain" in stages["study/probe-pretrained-autoencoder/2-train"].needs
    assert stages["study/majority/2-train"].needs == ("study/1-data",)
    names = [each.name for each in stages["study/scratch-pretrained-autoencoder/2-train"].inputs]
    assert "pretraining.json" in names  # it has the digests of the weights
    loads = stages["study/0-pretrain"].loads
    assert "helpers.training.pretraining.autoencoder" in loads
    assert "helpers.training.pretraining.gan" not in loads


def test_items_of_another_source_are_inputs_of_pretraining_alone(repository):
    folder = repository / "photos"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"one")
    asked = "{method: gan, data: {folder: photos}}"
    [backbone] = study(repository, asked, "gan").pretrain
    assert backbone["data"] == {"folder": {"path": "photos"}}
    stages = {each.key: each for each in plan.of("study")}
    assert "photos" in stages["study/0-pretrain"].origin
    assert "photos" not in stages["study/1-data"].origin
    assert folder in plan.own_files(["study"])
    before = stages["study/0-pretrain"].origin["photos"]
    (folder / "b.png").write_bytes(b"another")
    assert {e.key: e for e in plan.of("study")}["study/0-pretrain"].origin["photos"] != before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{folder: phots}", "no such file"),
        ("{npy: photos}", "unknown data source 'npy'.*folder"),
        ("reuters-r8", "reuters-r8 is for text-classification: images are needed"),
        ("mnist-5", "did you mean 'mnist-5k'"),
        ("[a]", "data: must be text or a mapping"),
        ("{folder: photos}, transductive: true", "data or transductive"),
    ],
)
def test_a_source_that_cannot_be_learned_from_gets_one_line(repository, data, message):
    (repository / "photos").mkdir()
    with pytest.raises(UserError, match=message) as error:
        study(repository, f"{{method: gan, data: {data}}}", "gan")
    assert "params/study.yaml: pretrain" in str(error.value) and "\n" not in str(error.value)
