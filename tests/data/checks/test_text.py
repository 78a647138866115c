"""Checks of texts: each finds what it is for, and nothing in texts that are in order."""

import numpy as np
import pytest
from factories.records import data_record
from factories.texts import TASK, WORDS, written

from helpers.comparison import caveats, study_records
from helpers.core.records.data import DataRecord
from helpers.data import checks, minhash, near_duplicates, preparation, sources
from helpers.data.minhash import NEAR
from helpers.data.text import decoding, language_detection, words


def case(repository, rows, labels=None):
    labels = labels or ["a", "b"] * (len(rows) // 2)
    items = sources.load(written(repository, {"text": rows, "label": labels}), TASK)
    return {each.code: each for each in checks.run(items)}


STORY = "On Monday the central bank raised its main rate by half a point, more than was expected."
FIRES = [
    ("D111", ["fine words here", "a\ufffd", "b" * (decoding.MAX_CHARACTERS + 1), "x y"], 1),
    ("D112", ["fine words here", "   ", "others too", "more of it"], 1),
    ("D113", ["the cafÃ© of it", "the café of it", "plain words here", "others too now"], 1),
    ("D114", ["two words", "three words now", "and three words", "also three words"], 1),
    (
        "D115",
        [STORY, STORY + " Yes.", "Der Zug ist nicht auf dem Weg zu dem Ort", "Это русский текст"],
        2,
    ),
    ("D116", ["apple of it", "pear of them"] * 10, 2),
    ("D117", ["fine &amp; good words", "it is fine.<br />", "plain R&D words", "if x <3 y>2"], 2),
    ("D301", ["One and two.", "one  AND two.", "three of them", "four of us"], 2),
    ("D302", [STORY + " It was late.", STORY + " It was dark.", "another text", "yet one"], 2),
    ("D303", ["one and two", "one and two", "three of them", "four of us"], 2),
]


@pytest.mark.parametrize("code, rows, count", FIRES, ids=[fires[0] for fires in FIRES])
def test_each_check_of_texts_finds_what_it_is_for(repository, code, rows, count):
    found = case(repository, rows)
    assert found[code].count == count, found[code]


def test_a_sign_makes_another_text_of_the_same_words(repository):
    rows = ["I love this feeling 😀", "I love this feeling 😡", "the story !", "one more of them"]
    found = case(repository, rows)
    assert not found["D301"].count and not found["D303"].count and found["D302"].count == 2
    digests = []
    for text in (rows[2], "the story ??? :(", "The story !", "the  story !"):
        source = written(repository, {"text": [*rows[:2], text, rows[3]], "label": [*"abab"]})
        digests.append(preparation.prepare(source, task=TASK).digest)
    assert len(set(digests)) == 4  # features are kept by it


ESCAPED = {  # by what finds it
    "D301": [
        lambda text: text.replace(" ", "&nbsp;", 3),
        lambda text: text.replace("&", "&amp;").replace("'", "&#39;"),
        lambda text: text.replace("é", "&eacute;"),
        lambda text: text.replace("é", "&#xE9;"),
    ],
    "D302": [
        lambda text: f"<p>{text}</p>",
        lambda text: text.replace(", ", ",<br /><br />"),
        lambda text: f'<div class="a">{text.replace("bank", "<b>bank</b>")}</div>',
        lambda text: f"&lt;p&gt;{text}&lt;/p&gt;",
    ],
}


@pytest.mark.parametrize(("code", "number"), [(code, n) for code in ESCAPED for n in range(4)])
def test_a_copy_from_a_web_page_is_a_copy(repository, code, number):
    story = STORY.replace("bank", "bank's café, Smith & Sons,")
    found = case(repository, [story, ESCAPED[code][number](story), "another text", "yet one"])
    assert [name for name in ESCAPED if found[name].count == 2] == [code]


def test_signs_in_markup_tell_short_texts_apart(repository):
    found = case(repository, ["Thanks! &lt;3", "Thanks. :3", "a &lt; b", "a &gt; b"])
    assert not found["D301"].count and found["D302"].severity == "not checked"


def test_a_few_texts_with_markup_are_not_told(repository):
    rows = [f"{STORY} {a} {b}" for a in "abcdef" for b in "ghijklmn"]
    assert not case(repository, [*rows, "this &amp; that", "<a@b.org> writes"])["D117"].count
    assert case(repository, [f"{each}<br>" for each in rows])["D117"].severity == "note"


def test_texts_in_order_pass_every_check(repository):
    rows = [
        f"{STORY} {a} {b} {c}" for a, b, c in zip("abcdefgh", "ijklmnop", "qrstuvwx", strict=True)
    ]
    rows = [
        " ".join(np.random.default_rng(n).permutation(each.split())) for n, each in enumerate(rows)
    ]
    found = case(repository, rows)
    own = {code for code in found if code.startswith("D1")}
    assert own == {f"D11{n}" for n in range(1, 8)}
    assert not any(found[code].count for code in own | {"D301", "D302", "D303"})


def test_near_copies_are_those_that_share_their_runs_of_words():
    random = np.random.default_rng(0)
    base = [list(random.choice(WORDS["sport"] + WORDS["trade"], 60)) for _ in range(40)]
    near = [[*words[:-1], "changed"] for words in base[:10]]
    far = [words[:30] + list(random.choice(WORDS["trade"], 30)) for words in base[10:20]]
    pairs = {tuple(pair) for pair in minhash.near_pairs([*base, *near, *far])}
    assert pairs == {(n, 40 + n) for n in range(10)}


def altered(words, changes, random):
    """Change words in the places of some, all in one go."""
    words = list(words)
    for at in random.choice(len(words), changes, replace=False):
        words[at] = f"x{random.integers(10**9)}"
    return words


def test_hardly_a_pair_just_above_the_threshold_is_missed():
    random, texts = np.random.default_rng(0), []
    while len(texts) < 2000:
        words = [f"w{n}" for n in random.integers(0, 20000, random.integers(20, 120))]
        other = altered(words, random.integers(1, 5), random)
        alike = minhash.Text(words).alike(minhash.Text(other))
        texts += [words, other] if NEAR <= alike < NEAR + 0.05 else []
    found = {tuple(pair) for pair in minhash.near_pairs(texts)}
    assert sum((n, n + 1) in found for n in range(0, 2000, 2)) >= 0.97 * 1000


def test_families_are_whole_without_a_list_of_all_their_pairs():
    random = np.random.default_rng(0)
    base = [[f"w{n}" for n in random.integers(0, 500, 80)] for _ in range(5)]
    drifting = [altered(words, 1, random) for words in base for _ in range(20)]
    chain = [[f"w{n}" for n in range(start, start + 80)] for start in range(0, 60, 3)]
    texts = [*base, *drifting, *chain, *(["good", "morning"] for _ in range(1000)), [], []]
    pairs = minhash.near_pairs(texts)
    family = near_duplicates.connected_groups(len(texts), pairs)
    assert sorted(np.bincount(family)) == [1, 1, 20, *[21] * 5, 1000]
    assert len(pairs) == 5 * 20 + 19 + 999 and (pairs[:, 0] < pairs[:, 1]).all()


@pytest.mark.parametrize(
    "text, language",
    [
        ("It was the best of times, it was the worst of times", "English"),
        ("Es war die beste und die schlechteste Zeit", "German"),
        ("C'était le meilleur des temps et le pire des temps", "French"),
        ("Это был текст на русском языке", "Cyrillic"),
        ("\u4eca\u65e5\u306f\u6674\u308c\u3067\u3059", "Japanese"),
        ("\u6211\u4eca\u5929\u53bb\u5317\u4eac\u770b\u670b\u53cb\u4e86", "Chinese"),
        ("\u6771\u4eac", ""),  # a name in either language
        ("\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4", "Korean"),
        ("1234 5678 !!", ""),
        ("Why do people still use facsimile machines?", ""),  # "do" is Portuguese, too
        ("Damn! MJ died! A true loss.", ""),
        ("Bad bus! Smelly bus! No, no biscuit!", ""),
        ("What vino do you bring to date night?", "English"),
        ("Just ate Die die die, die again", ""),
        ("to jest bardzo dobry film i polecam go wszystkim", ""),
        ("nie podobało mi się to w ogóle bo film jest nudny", ""),
        ("je to velmi dobrý film a doporučuji ho všem", ""),
        ("on se vaan hyvä ja me pidimme siitä", ""),
        ("det var ikke en god film for mig at se", ""),
        ("det er en god film og jeg kan lide den", ""),
        ("este un film foarte bun și nu mi-a plăcut deloc de la un capăt", ""),
        ("la música és el millor de la pel·lícula", ""),
        ("la película es muy buena y me gusta el final con los niños", "Spanish"),
        ("The café of Beyoncé is the best that we have seen", "English"),
        ("O governo disse que não há mais dinheiro para as escolas", "Portuguese"),
    ],
)
def test_languages_are_guessed_from_script_and_stop_words(text, language):
    assert language_detection.guess(text, words.words_of(text)) == language


def near_copies_looked_for(repository, short):
    """Prepare 40 texts of which some are too short to look; give D302, D402 and what is told."""
    letters = np.random.default_rng(0).choice([*"abcdefghijklmnop"], (40, 20, 6))
    rows = [
        " ".join(map("".join, words[: 2 if n < short else 20])) for n, words in enumerate(letters)
    ]
    source = written(repository, {"text": rows, "label": ["a", "b"] * 20})
    preparation.save("made", preparation.prepare(source, task=TASK), source)
    told = caveats.of_data(study_records.read("made", []))
    found = {each.code: each for each in DataRecord.read("made").checks}
    return found["D302"], found["D402"], [each for each in told if "ear-duplicates" in each]


def test_a_check_that_could_not_look_says_so_and_so_does_the_answer(repository):
    for found in near_copies_looked_for(repository, short=30)[:2]:
        assert found.severity == "not checked" and found.count == 30
        assert "30 of 40 texts" in found.detail
    [told] = near_copies_looked_for(repository, short=30)[2]
    assert "not checked" in told.lower() and "30 of 40 texts" in told
    assert near_copies_looked_for(repository, short=0)[1:][1] == []
    *found, told = near_copies_looked_for(repository, short=10)  # most could be looked at
    assert told == [] and {each.severity for each in found} == {"passed"}


def test_what_was_not_checked_is_told_beside_exact_duplicates(repository):
    both = [
        {"code": "D401", "count": 1, "consequence": "equal"},
        {"code": "D402", "count": 9, "consequence": "not", "severity": "not checked"},
    ]
    data_record(checks=both).write("made")
    assert caveats.of_data(study_records.read("made", [])) == ["equal", "not"]
