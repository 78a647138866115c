"""Each check fires on data made wrong in one way, and stays silent on the same data made right."""

import io

import numpy as np
import pandas as pd
import pytest
from factories.cases import look, put, scene, wide_gamut
from PIL import Image, ImageEnhance

from helpers.core.errors import UserError
from helpers.data import checks, near_duplicates
from helpers.data.image.decoding import Unreadable
from helpers.data.items import Found, Items

N = 24


def images(count=N, size=32, seed=0):
    """Make smooth random images, all different: uint8 [count, size, size, 3]."""
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 6, 6, 3), dtype=np.uint8)
    bicubic = Image.Resampling.BICUBIC
    return np.stack([np.asarray(Image.fromarray(c).resize((size, size), bicubic)) for c in coarse])


def absent():
    raise Unreadable("no such file")


class Case:
    """Good data, to be spoilt: raw images, labels, splits, groups."""

    def __init__(self):
        self.raw = list(images())
        self.labels = ["a", "b"] * (N // 2)
        self.splits = ["train"] * 8 + ["validation"] * 6 + ["test"] * 10
        self.groups = [f"g{index // 2}" for index in range(N)]
        self.unmatched = self.declared = ()
        self.ids = [f"i{index:02d}" for index in range(N)]
        self.copy_of = self.units = None
        self.noticed, self.published, self.columns = {}, None, {}

    def items(self):
        ids = [*self.ids, *(f"j{index}" for index in range(len(self.raw) - N))]
        frame = pd.DataFrame({"id": ids, "label": self.labels, "path": ids})
        if self.groups:
            frame["group"] = self.groups
        frame = frame.assign(**self.columns)
        if self.published:
            frame["split"] = self.published

        def raw(index):
            value = self.raw[index]
            return value() if callable(value) else value

        more = {name: getattr(self, name) for name in ("unmatched", "declared", "noticed")}
        return Items("case", frame, raw, "0", **more)

    def findings(self):
        items = self.items()
        split = items.frame.assign(split=self.splits) if self.splits else None
        if self.copy_of:
            split["copy_of"] = self.copy_of
        return {each.code: each for each in checks.run(items, split, units=self.units)}


def png(array, mode=None, **options):
    stream = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(stream, "PNG", **options)
    return stream.getvalue()


def truncated(case):
    case.raw[3] = png(case.raw[3])[:300]


def not_finite(case):
    case.raw[3] = np.full((32, 32, 3), np.nan)


def other_mode(case):
    case.raw = [png(each) for each in case.raw]
    case.raw[3] = png(images()[3], "L")


def other_size(case):
    case.raw[3] = case.raw[3][:20]


def one_colour(case):
    case.raw[3] = np.full_like(case.raw[3], 7)


def no_label(case):
    case.labels[3] = None


def no_image(case):
    case.raw[3] = absent
    case.unmatched = ("loose.txt",)


def empty_class(case):
    case.declared = ("a", "b", "cow")


def single_example(case):
    case.labels[3] = "rare"


def imbalanced(case):
    case.labels = ["a"] * 18 + ["b"] * 6


def seen_while_reading(code):
    def spoil(case):
        case.noticed = {code: Found(2, "docs (2)")}

    return spoil


def validation_tested(case):
    case.published = ["train"] * 14 + ["validation"] * 10


def labels_alike(case):
    case.labels[:8] = ["A"] * 2 + ["a "] * 2 + ["a\u00ad"] * 4


def groups_alike(case):
    case.groups[20:24] = ["G10", "g010", "g11", "g11.0"]


def labels_for_none(case):
    case.labels[:8] = ["NA"] * 4 + ["none"] * 4


def amounts(case):
    case.labels = [str(1.5 * (index % 11)) for index in range(N)]


def joined(case):
    case.labels[:6] = ["a|b", "a; b"] * 3


def copy_within(case):
    case.raw[2] = case.raw[0]


def near_within(case):
    image = ImageEnhance.Brightness(Image.fromarray(case.raw[0])).enhance(0.95)
    case.raw[2] = np.asarray(image.resize((64, 64)))


def copy_other_label(case):
    case.raw[1] = case.raw[0]


def copy_across(case):
    case.raw[20] = case.raw[0]


def near_across(case):
    near_within(case)
    case.raw[20], case.raw[2] = case.raw[2], images(1, seed=9)[0]


def group_across(case):
    case.groups[20] = "g0"


def absent_class(case):
    case.labels[8:14] = ["a"] * 6


def few_in_test(case):
    case.splits[14:16] = ["train"] * 2


def large_group(case):
    case.units = np.array([0] * 12 + list(range(1, 13)))


def class_of_one_group(case):
    case.units = np.where(np.array(case.labels) == "a", 99, np.arange(N))


def copies_in_test(case):
    case.copy_of = [None] * 20 + ["i20", "i20", "i22", "i22"]


def split_called_otherwise(case):
    case.columns = {"Usage": ["Training", "PublicTest", "PrivateTest"] * (N // 3)}


def groups_called_otherwise(case):
    case.groups = None
    case.columns = {"PatientID": [f"p{(index + 1) // 2}" for index in range(N)]}
    case.columns["PatientID"][-1] = case.columns["PatientID"][0] = "unknown"


def group_for_none(case):
    case.groups[14:17] = ["N/A"] * 3


def groups_lost(case):
    case.groups[20:] = [None] * 4


def masks_beside(case):
    case.ids[1::2] = [f"{name}_mask" for name in case.ids[::2]]
    case.labels = ["a", "a", "b", "b"] * 6


def families_by_name(case):
    case.groups = None
    case.ids = [f"p{index % 8}_s{index:02d}.png" for index in range(N)]


def copies_by_name(case):
    case.ids[20:22] = ["i00_flip", "i01_aug3"]


def faint(case):
    case.raw = [each // 8 for each in case.raw]


def other_profile(case):
    case.raw[3] = png(case.raw[3], icc_profile=wide_gamut())


def broken_profile(case):
    case.raw[3] = png(case.raw[3], icc_profile=b"no profile")


def frames(case):
    case.raw[3] = png(case.raw[3], save_all=True, append_images=[Image.fromarray(case.raw[4])])


def sizes_by_class(case):
    case.raw = [each[: 30 + index % 2] for index, each in enumerate(case.raw)]


FIRES = [
    ("D101", truncated, 1, "truncated"),
    ("D102", not_finite, 1, "NaN"),
    ("D103", other_mode, 1, "RGB (23), L (1)"),
    ("D104", other_size, 1, "32x32 (23), 32x20 (1)"),
    ("D105", one_colour, 1, "same colour"),
    ("D106", faint, 24, "12 of 12 of a, 12 of 12 of b"),
    ("D107", other_profile, 1, "wide (1)"),
    ("D108", broken_profile, 1, "colour profile"),
    ("D109", frames, 1, "first of up to 2 is used: PNG (1)"),
    ("D201", no_label, 1, "no label"),
    ("D202", no_image, 2, "1 label without image, 1 file without a label"),
    ("D203", empty_class, 1, "cow"),
    ("D204", single_example, 1, "rare (1)"),
    ("D205", imbalanced, 1, "a (18), smallest b (6): ratio 3.0"),
    (
        "D206",
        sizes_by_class,
        12,
        "learnt on size alone predicts the class: right on 24 of 24 images",
    ),
    *[(code, seen_while_reading(code), 2, "docs (2)") for code in ("D207", "D208", "D209", "D210")],
    ("D211", labels_alike, 1, "'a' (8) = 'a\\xad' (4) = 'A' (2) = 'a ' (2)"),
    ("D212", groups_alike, 2, "'G10' (1) = 'g010' (1)"),
    ("D213", labels_for_none, 8, "NA (4), none (4)"),
    ("D214", amounts, 11, "11 numbers"),
    ("D215", joined, 6, "a|b (3), a; b (3)"),
    ("D216", split_called_otherwise, 24, "'Usage' looks like a split of the source"),
    ("D217", seen_while_reading("D217"), 2, "docs (2)"),
    ("D301", copy_within, 2, "1 family"),
    ("D302", near_within, 2, "1 family"),
    ("D303", copy_other_label, 2, "different labels"),
    ("D306", masks_beside, 12, "such as i00_mask"),
    ("D401", copy_across, 2, "once"),
    ("D402", near_across, 2, "once"),
    ("D403", group_across, 3, "once"),
    ("D404", absent_class, 1, "b in validation"),
    ("D405", few_in_test, 2, "fewer than 5 in a (4), b (4)"),
    ("D410", large_group, 12, "family of near-copies (one with i00) holds 50% of the items"),
    ("D411", class_of_one_group, 1, "a: all items"),
    ("D412", copies_in_test, 2, "10 test images are 8 distinct ones; 17% of all images"),
    ("D413", families_by_name, 24, "8 families by name: p0 (3)"),
    ("D414", copies_by_name, 4, "such as i00 and i00_flip"),
    ("D415", validation_tested, 10, "validation split is the test"),
    ("D416", groups_called_otherwise, 2, "set data: {split: {group: PatientID}}"),
    ("D417", group_for_none, 3, "N/A (3)"),
    ("D418", groups_lost, 4, "of 24 images have no group"),
]


@pytest.mark.parametrize(("code", "spoil", "count", "words"), FIRES, ids=[f[0] for f in FIRES])
def test_a_check_fires_on_its_own_fault_with_counts(code, spoil, count, words):
    case = Case()
    spoil(case)
    finding = case.findings()[code]
    assert finding.count == count and words in finding.detail
    assert finding.severity in ("error", "warning", "note")
    assert finding.summary().severity == finding.severity


@pytest.mark.parametrize("code", checks.codes("image-classification"))
def test_a_check_is_silent_on_good_data(code):
    finding = Case().findings()[code]
    assert (finding.severity, finding.count, finding.ids) == ("passed", 0, ())


def test_every_check_is_proven_to_fire():
    assert [fires[0] for fires in FIRES] == checks.codes("image-classification")


def test_the_ids_of_a_finding_are_those_concerned():
    case = Case()
    copy_across(case)
    assert case.findings()["D401"].ids == ("i00", "i20")


def test_checks_of_splits_and_groups_do_not_apply_without_them():
    case = Case()
    case.splits, case.groups = None, None
    outcomes = {code: each.severity for code, each in case.findings().items()}
    assert {code for code in outcomes if outcomes[code] == "not applicable"} == {
        "D401", "D402", "D403", "D404", "D405",
        "D410", "D411", "D412", "D413", "D414", "D415", "D416", "D417", "D418",
    }  # fmt: skip
    case.splits = Case().splits
    assert case.findings()["D403"].detail == "the data has no group"


def test_findings_make_a_table():
    table = checks.table(list(Case().findings().values()))
    assert list(table.columns) == ["code", "check", "outcome", "count", "detail"]
    assert len(table) == len(checks.codes("image-classification"))


def copies(pixels):
    """Copies of an image as they happen: re-encoded, scaled, brightened, noisy."""
    image = Image.fromarray(pixels)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=75)
    noise = np.random.default_rng(0).normal(0, 3, pixels.shape)
    return [
        np.asarray(Image.open(stream)),
        np.asarray(image.resize((128, 128))),
        np.asarray(ImageEnhance.Brightness(image).enhance(0.9)),
        np.clip(pixels + noise, 0, 255).astype(np.uint8),
    ]


def test_copies_are_found_and_different_images_are_not():
    case = Case()
    originals = list(images(40, size=96))
    altered = [copy for each in originals[:5] for copy in copies(each)]
    case.raw = originals + altered
    case.labels, case.groups, case.splits = ["a"] * 60, None, None
    family = checks.survey(case.items()).near
    assert len(set(family[:40])) == 40
    assert (family[40:] == np.repeat(family[:5], 4)).all()


TURNS = {
    "a quarter": lambda pixels: np.rot90(pixels),
    "half": lambda pixels: np.rot90(pixels, 2),
    "three quarters": lambda pixels: np.rot90(pixels, 3),
    "mirrored": lambda pixels: pixels[:, ::-1],
    "upside down": lambda pixels: pixels[::-1],
    "along a diagonal": lambda pixels: pixels.swapaxes(0, 1),
    "along the other": lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
}


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("size", [28, 75, 96])
def test_turned_copies_are_found(turn, size):
    case = Case()
    originals = list(images(40, size=size))
    turned = [np.ascontiguousarray(TURNS[turn](each)) for each in originals[:5]]
    again = [copies(each)[0] for each in turned if size > 28]  # JPEG smears the colours of few
    case.raw = originals + turned + again
    case.labels, case.groups, case.splits = ["a"] * len(case.raw), None, None
    family = checks.survey(case.items()).near
    assert len(set(family[:40])) == 40
    assert (family[40:].reshape(-1, 5) == family[:5]).all()


def test_what_a_turn_makes_another_class_is_no_copy():
    case = Case()
    originals = images(40)
    case.raw = [*originals, *originals[:, ::-1, ::-1]]
    case.labels, case.groups, case.splits = ["6"] * 40 + ["9"] * 40, None, None
    assert len(set(checks.survey(case.items()).near)) == 80
    case.raw[40:] = originals  # the same image is one, whatever it is called
    assert len(set(checks.survey(case.items()).near)) == 40


def test_images_that_look_the_same_in_a_mirror_are_no_copies():
    case = Case()
    coarse = images(40)
    case.raw = list(coarse // 2 + coarse[:, :, ::-1] // 2)
    case.labels, case.groups, case.splits = ["a"] * 40, None, None
    assert len(set(checks.survey(case.items()).near)) == 40


def test_turned_pairs_agree_with_brute_force(monkeypatch):
    monkeypatch.setattr(near_duplicates, "BLOCK", 7)
    random = np.random.default_rng(0)
    seen = random.normal(size=(30, near_duplicates.THUMBNAIL, near_duplicates.THUMBNAIL, 3))
    for row in range(20, 30):  # as near as the threshold, more or less
        turned = [*TURNS.values()][row % 7](seen[row - 20])
        seen[row] = turned + random.normal(size=turned.shape) * 0.0665
    units = np.stack([near_duplicates.unit_vector(each) for each in seen])
    views = [
        units,
        *(np.stack([near_duplicates.unit_vector(t(x)) for x in seen]) for t in TURNS.values()),
    ]
    best = np.max([units @ view.T for view in views], axis=0)
    expected = np.argwhere(np.triu(best >= near_duplicates.NEAR, 1))
    found = near_duplicates.turned_pairs(units, np.zeros(30))
    assert found.tolist() == expected.tolist() and 0 < len(found) < 10


def test_near_pairs_agree_with_brute_force_across_blocks(monkeypatch):
    monkeypatch.setattr(near_duplicates, "BLOCK", 7)
    vectors = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[11] = 0
    found = {tuple(pair) for pair in near_duplicates.near_pairs(vectors, 0.6)}
    products = vectors @ vectors.T
    expected = {(i, j) for i in range(30) for j in range(i + 1, 30) if products[i, j] >= 0.6}
    assert found == expected and expected


def test_near_pairs_leave_out_only_what_cannot_be_near(monkeypatch):
    """Beyond a block, places on a few axes decide what is compared: no pair is missed."""
    random = np.random.default_rng(0)
    seeds = random.normal(size=(900, 30))
    vectors = np.concatenate([seeds, seeds[:300] + random.normal(size=(300, 30)) * 0.066])
    vectors = np.stack([near_duplicates.unit_vector(each) for each in vectors])
    monkeypatch.setattr(near_duplicates, "BLOCK", 200)
    monkeypatch.setattr(near_duplicates, "SIDE", 50)
    expected = np.argwhere(np.triu(vectors @ vectors.T >= near_duplicates.NEAR, 1)).tolist()
    assert near_duplicates.near_pairs(vectors).tolist() == expected
    assert 50 < len(expected) < 290


def test_of_images_all_alike_the_families_are_found_and_not_all_pairs(monkeypatch):
    random, compared = np.random.default_rng(0), []
    kinds = np.stack([near_duplicates.unit_vector(each) for each in random.normal(size=(3, 30))])
    family = random.integers(3, size=2_500)

    def holds(one, other):
        compared.append(len(one))
        return family[one] == family[other]

    monkeypatch.setattr(near_duplicates, "MOST", 5_000)
    pairs = near_duplicates.near_pairs(kinds[family], holds=holds)
    found = near_duplicates.connected_groups(len(family), pairs)
    assert len(set(zip(found, family, strict=True))) == len(set(found)) == 3
    assert len(pairs) < 20_000 and sum(compared) < 40_000  # of a million


def test_families_chain_and_unreadable_images_stay_alone():
    assert near_duplicates.families(np.array(["x", "", "x", ""])).tolist().count(0) <= 2
    assert len(set(near_duplicates.families(np.array(["", "", "x"])))) == 3
    chained = near_duplicates.merge_groups(np.array([0, 0, 1, 2]), np.array([5, 6, 6, 7]))
    assert chained[0] == chained[1] == chained[2] != chained[3]


def test_an_image_is_decoded_once():
    case = Case()
    reads = []

    def counted(index, value):
        return lambda: reads.append(index) or value

    case.raw = [counted(index, value) for index, value in enumerate(case.raw)]
    case.findings()
    assert sorted(reads) == list(range(N))


def test_items_without_images_are_refused():
    with pytest.raises(UserError, match="no images"):
        Items("case", pd.DataFrame(columns=["id", "label", "path"]), None, "0")


@pytest.mark.parametrize(
    ("name", "values", "cure"),
    [
        ("Split", ["tr", "te"], "set `split: Split`"),
        ("subset", ["train", "dev"], "set `split: subset`"),
        ("is_train", ["True", "False"], "name its sides train and test"),
        ("language", ["tr", "te"], ""),
        ("set", ["A", "B"], ""),
        ("isotrain", ["x", "y"], ""),
        ("server", ["dev", "test"], ""),
    ],
)
def test_a_published_split_is_known_by_its_name_or_its_values(name, values, cure):
    """Other columns are none, and nothing is said where a split is used."""
    case = Case()
    case.columns = {name: values * (N // 2)}
    found = case.findings()["D216"]
    assert found.count == (N if cure else 0) and cure in found.detail
    assert found.severity == ("warning" if cure else "passed")
    case.published = case.splits
    assert not case.findings()["D216"].count


@pytest.mark.parametrize(
    ("name", "group", "fires"),
    [
        ("patient", lambda index: index // 2, True),
        ("client_id", lambda index: f"c{index % 11}", True),
        ("Author Name", lambda index: f"a{index % 11}", True),
        ("case_id", lambda index: None if index > 20 else index % 11, True),
        ("Group", lambda index: index % 2, False),  # arms of a trial
        ("user", lambda index: index, False),  # one row for each
        ("patient_age", lambda index: index // 2, False),
        ("person", lambda index: None, False),
    ],
)
def test_columns_that_may_name_groups_are_told_if_they_cross_the_split(name, group, fires):
    case = Case()
    case.groups, case.columns = None, {name: [group(index) for index in range(N)]}
    case.splits = ["train", "test", "validation"] * (N // 3)
    found = case.findings()["D416"]
    assert bool(found.count) == fires and (not fires or found.consequence)
    case.splits = ["train", "validation"] * (N // 2)
    assert not case.findings()["D416"].count
    case.groups = Case().groups
    assert not case.findings()["D416"].count


def test_a_large_group_is_told_from_near_copies():
    """Its cure is a finer group or an empty cell: copies have nothing to do with it."""
    case = Case()
    large_group(case)
    assert "near_copies: keep" in case.findings()["D410"].detail
    case.groups[:12] = ["unknown"] * 12
    detail = case.findings()["D410"].detail
    assert "the group 'unknown'" in detail and "cop" not in detail


def test_errors_of_spreadsheets_may_stand_for_no_label():
    case = Case()
    case.labels[:4] = ["#REF!", "#DIV/0!", "unlabeled", "(blank)"]
    assert case.findings()["D213"].count == 4


@pytest.mark.parametrize(
    ("folders", "fires"),
    [(["Train", "Val", "Test"], True), (["cat", "dog", "eel"], False), (["train", "bus"], False)],
)
def test_a_split_in_the_paths_of_a_table_is_told(repository, folders, fires):
    paths = [f"set/{folders[k % len(folders)]}/{k}.png" for k in range(24)]
    for number, path in enumerate(paths):
        put(repository / path, scene("ab"[number % 2], number))
    labels = ["a", "b"] * 12
    pd.DataFrame({"path": paths, "label": labels}).to_csv(repository / "t.csv", index=False)
    _, said = look({"table": "t.csv"})
    assert ("d216" in said and "level 2" in said) == fires
    pd.DataFrame({"path": paths, "label": labels, "split": ["train", "train", "test"] * 8}).to_csv(
        repository / "t.csv", index=False
    )
    assert "d216" not in look({"table": "t.csv"})[1]


def test_a_class_that_loses_its_files_is_named(repository):
    rows = [(f"i/{k}.png", "ab"[k % 2]) for k in range(40)]
    for number, (path, label) in enumerate(rows):
        if label == "a" or number > 30:
            put(repository / path, scene(label, number))
    pd.DataFrame(rows, columns=["path", "label"]).to_csv(repository / "t.csv", index=False)
    prepared, _ = look({"table": "t.csv"})
    [told] = [each for each in prepared.findings if each.code == "D202"]
    assert "15 of 20 of b" in told.detail and "15 of 20 of b" in told.consequence


@pytest.mark.parametrize("code", ["D203", "D215"])
def test_classes_that_are_others_than_meant_reach_the_answer(code):
    case = Case()
    {"D203": empty_class, "D215": joined}[code](case)
    assert {"D203": "cow", "D215": "a|b (3)"}[code] in case.findings()[code].consequence


def test_a_minus_beside_a_plus_is_no_missing_label():
    case = Case()
    case.labels = ["+", "-"] * (N // 2)
    assert not case.findings()["D213"].count
