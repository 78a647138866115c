"""Texts through ONNX files: the features are those of ONNX Runtime, and bad files get one line."""

import json

import numpy as np
import onnxruntime
import pytest
from factories.dataset import positions
from factories.onnx_file import text_file
from factories.texts import made_texts
from tokenizers import Tokenizer, pre_tokenizers, processors
from tokenizers import models as kinds

from helpers import models
from helpers.config.model_names import check_model
from helpers.core.errors import UserError
from helpers.models import features
from helpers.pipeline import external_inputs

BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "sat", "on", "a", "mat", "red", "dog"]
XLM = ["<s>", "<pad>", "</s>", "<unk>", *BERT[4:]]
TEXTS = ["the cat", "the red cat sat on the mat", "a", "dog dog zebra", "on the mat " * 9]


def written(repository, content, words=BERT, name="mine.onnx", **files):
    file = repository / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    opens, ends = (words[0], words[2]) if words is XLM else (words[2], words[3])
    unknown = words[3] if words is XLM else words[1]
    numbers = {word: row for row, word in enumerate(words)}
    tokenizer = Tokenizer(kinds.WordLevel(numbers, unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = [(each, numbers[each]) for each in (opens, ends)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{opens} $A {ends}", special_tokens=special
    )
    tokenizer.save(str(file.parent / "tokenizer.json"))
    for other, text in files.items():
        (file.parent / f"{other}.json").write_text(text)
    return file


def run(name="mine.onnx", size=16):
    loaded = models.load(f"onnx:{name}", size=size, modality="text")
    engine = loaded.compile(loaded.network, 1)
    values = engine.run(TEXTS.__getitem__, range(len(TEXTS)))
    return values, loaded.about(loaded.network, engine)


def reference(file, size=16):
    """Run the file by ONNX Runtime, a text at a time, without any padding."""
    tokenizer, rows = Tokenizer.from_file(str(file.parent / "tokenizer.json")), []
    tokenizer.enable_truncation(size)
    session = onnxruntime.InferenceSession(str(file))
    for text in TEXTS:
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        given["token_type_ids"] = np.zeros_like(ids)
        named = {each.name: given[each.name] for each in session.get_inputs()}
        [values] = session.run(None, named)
        rows.append(values[0].mean(0) if values.ndim == 3 else values[0])
    return np.stack(rows)


@pytest.mark.parametrize("words", [BERT, XLM])
@pytest.mark.parametrize(
    "made",
    [
        {},
        {"inputs": ("input_ids", "attention_mask")},
        {"output": "sentence_embedding"},
        {"shape": (1, 16)},
        {"rows": 40},
    ],
)
def test_the_features_are_those_of_onnx_runtime(repository, made, words):
    file = written(repository, text_file(**made), words, name="mödel/网/onnx/m.onnx")
    values, about = run("mödel/网/onnx/m.onnx")
    free = written(repository, text_file(**{**made, "shape": ("N", "T")}), words, "free/m.onnx")
    expected = reference(free if "shape" in made else file)
    assert values.shape == (len(TEXTS), 5) and np.abs(values - expected).max() < 1e-5
    assert about["cut"].startswith("1 of 5 texts") and about["max_tokens"] == 16
    assert about["parameters"] >= 60


def test_vectors_get_unit_length_where_the_model_says_so(repository):
    said = json.dumps([{"type": "sentence_transformers.models.Normalize"}])
    file = written(repository, text_file(), modules=said)
    expected = reference(file)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.abs(run()[0] - expected).max() < 1e-5


def test_a_tensor_may_be_named_and_other_files_change_the_digest(repository):
    written(repository, text_file())
    assert np.abs(run("mine.onnx@embedded")[0] - run()[0]).max() > 0.01
    check_model("onnx:mine.onnx@embedded", "here", "text")
    with pytest.raises(UserError, match="unknown output 'embeded'; did you mean|embeded"):
        run("mine.onnx@embeded")
    one = models.describe("onnx:mine.onnx", modality="text").digest
    written(repository, text_file(), XLM)
    assert models.describe("onnx:mine.onnx", modality="text").digest != one
    assert repository / "tokenizer.json" in external_inputs.onnx_file.parts(
        repository / "mine.onnx"
    )


def test_features_of_a_study_are_computed_and_cached(repository):
    written(repository, text_file())
    data = made_texts()
    once = features.extract(data, "onnx:mine.onnx")
    again = features.extract(data, "onnx:mine.onnx")
    assert once.values.shape == (len(data.frame), 5) and again.cached and not once.cached
    assert positions(data, "test").size


def lfs(repository):
    written(repository, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 470")


def no_tokenizer(repository):
    written(repository, text_file())
    (repository / "tokenizer.json").unlink()


def lfs_tokenizer(repository):
    written(repository, text_file())
    (repository / "tokenizer.json").write_text("version https://git-lfs.github.com/spec/v1\n")


def odd_tokenizer(repository):
    written(repository, text_file(), tokenizer="{}")


BAD = {
    "a pointer of Git LFS, not the file": lfs,
    "not an ONNX file, or one that is cut short": lambda at: written(at, text_file()[:-40]),
    "put the model's tokenizer.json beside it": no_tokenizer,
    "tokenizer.json is a pointer of Git LFS": lfs_tokenizer,
    "tokenizer.json is no tokenizer": odd_tokenizer,
    "its inputs do not fit texts: input_ids and attention_mask are needed": lambda at: written(
        at, text_file(inputs=("input_ids",))
    ),
    "it has tokens": lambda at: written(at, text_file(inputs=("tokens", "attention_mask"))),
    "12 tokens, the network knows 9: they are not of one model": lambda at: written(
        at, text_file(rows=9)
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_files_get_one_line(repository, message):
    BAD[message](repository)
    with pytest.raises(UserError) as error:
        run()
    assert message in str(error.value) and str(error.value).startswith("onnx:mine.onnx: ")
    assert "\n" not in str(error.value)


def test_it_is_not_trained(repository):
    written(repository, text_file())
    loaded = models.load("onnx:mine.onnx", modality="text")
    with pytest.raises(UserError, match="take a Keras model"):
        loaded.unfrozen({})
