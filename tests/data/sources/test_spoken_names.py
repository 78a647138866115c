"""Names spoken by volunteers: texts and languages, several readers in one set, and what is said."""

from dataclasses import replace

import pytest
from factories.deb_package import package, tarred
from factories.speech import encoded, tone

from helpers.catalogue import apt
from helpers.catalogue.entries import Package
from helpers.core.errors import UserError
from helpers.data import checks, sources
from helpers.data.audio import decoding
from helpers.data.items import NO_SPEECH
from helpers.data.sources import catalogue_readers, spoken_names
from helpers.data.sources.spoken_names import NameFields

STAMPS = "./usr/share/tuxpaint/stamps"
TEXTS = {
    "animals/frog": "A frog.\nfr.utf8=Une grenouille.\nru.utf8=Лягушка.\nda.utf8=\n",
    "food/apple": "An apple.\nfr.utf8=Une pomme (Fuji).\nru.utf8=Яблоко.",
}
SPOKEN = ("animals/frog", "_fr"), ("animals/frog", ""), ("animals/frog", "_da")
SPOKEN += ("food/apple", "_fr"), ("food/apple", "_ru"), ("food/pear", "_fr")


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Give a package of stamps, as if it had been fetched."""
    files = {f"{STAMPS}/{name}.txt": text.encode() for name, text in TEXTS.items()}
    files |= {
        f"{STAMPS}/{name}_desc{code}.ogg": encoded(tone(0.25 * (1 + number)))
        for number, (name, code) in enumerate(SPOKEN)
    }
    made = package(tmp_path, tarred(files), file="stamps_1_all.deb")
    monkeypatch.setattr(apt, "fetch", lambda pinned: made)
    return [Package(name="stamps", version="1", sha256="0" * 64, size_mb=1)]


def test_a_recording_has_the_text_in_its_language_and_a_voice_that_is_assumed(packages):
    items = spoken_names.load(packages, NameFields(languages=("en", "fr", "ru"), label="language"))
    told = items.frame.set_index("id")[["label", "reference", "speaker", "category"]]
    assert told.T.to_dict("list") == {
        "en/animals/frog": ["en", "A frog.", "volunteer-en", "animals"],
        "fr/animals/frog": ["fr", "Une grenouille.", "volunteer-fr", "animals"],
        "ru/food/apple": ["ru", "Яблоко.", "volunteer-ru", "food"],
    }
    lengths = {id_: len(decoding.decode(items.raw(row))) for row, id_ in enumerate(told.index)}
    assert lengths == {"fr/animals/frog": 4000, "en/animals/frog": 8000, "ru/food/apple": 20000}
    assert any(note.startswith("2 recordings without a text") for note in items.notes)


def test_that_language_and_voice_are_one_stands_in_the_answer(packages):
    items = spoken_names.load(packages, NameFields(languages=("en", "fr")))
    assert set(items.frame["label"]) == {"animals"}
    for task in ("speech-recognition", "audio-classification"):
        [found] = checks.run(replace(items, task=task), only="D138")
        assert found.count == 2 and "may be the voice" in found.consequence


def test_a_language_without_recordings_is_named(packages):
    with pytest.raises(UserError, match=r"'da'.*fr"):
        spoken_names.load(packages, NameFields(languages=("fr", "da")))


def test_several_readers_of_an_entry_are_joined(packages):
    one = spoken_names.load(packages, NameFields(languages=("fr",), label="language"))
    two = spoken_names.load(packages, NameFields(languages=("en", "ru"), label="language"))
    two.frame.loc[1, "label"] = NO_SPEECH
    both = catalogue_readers.joined({"a": one, "b": two}, "speech-recognition")
    assert both.frame["id"].tolist() == [
        "a/fr/animals/frog",
        "b/en/animals/frog",
        "b/ru/food/apple",
    ]
    assert both.frame["source"].tolist() == ["a", "b", "b"]
    assert both.frame["label"].tolist() == ["a: fr", "b: en", NO_SPEECH]
    raws = [one.raw(0), two.raw(0), two.raw(1)]
    assert [both.raw(row) for row in range(3)] == raws
    [found] = checks.run(replace(both, task="speech-recognition").take([2]), only="D138")
    assert found.ids == ("b/ru/food/apple",)
    labels = catalogue_readers.joined({"a": one, "b": two}, "audio-classification").frame["label"]
    assert labels.tolist() == ["fr", "en", NO_SPEECH]


ENTRY = """mine:
  title: t
  task: speech-recognition
  licence: l
  citation: c
  packages: [{name: stamps, version: 1-1, sha256: %s, size_mb: 1}]
  read: %s
"""


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ("{names: {languages: [fr]}, promts: {}}", "did you mean 'prompts'"),
        ("{}", "a reader is needed"),
        ("{names: {languages: []}}", "languages"),
    ],
)
def test_an_entry_that_cannot_be_read_gets_one_line(repository, packages, read, said):
    (repository / "params" / "catalogue" / "data.yaml").write_text(ENTRY % ("0" * 64, read))
    with pytest.raises(UserError, match=said) as error:
        sources.load("mine", "speech-recognition")
    assert "\n" not in str(error.value)
