"""Every figure is drawn for ordinary and for odd data, with alternative text, always the same."""

import numpy as np
import pandas as pd
import pytest
from factories.notebook_output import displayed

from helpers.core.records.training import LearningCurve
from helpers.report import figures
from helpers.report.figures import style

LONG = "a very long name of a class that no one would ever want to read in full $x_1$ <b>"
NAN = float("nan")
PAIRS = pd.DataFrame(
    {"a": ["a", "a", "b"], "b": ["b", LONG, LONG], "difference": [0.1, 0.2, NAN]}
    | {"low": [-0.1, 0.1, NAN], "high": [0.3, 0.3, NAN], "p_holm": [0.3, 0.001, NAN]}
)
CANDIDATES = pd.DataFrame(
    {
        "candidate": ["one", LONG, "three"],
        "value": [0.9, 0.8, NAN],
        "low": [0.85, 0.7, NAN],
        "high": [0.95, 0.85, NAN],
        "tied": [True, True, False],
        "cost": [10.0, 0.001, 3.0],
    }
)
CONDITIONS = pd.DataFrame(
    {"condition": ["slice: 1 to 2", LONG] * 2, "candidate": ["a", "a", LONG, LONG], "n": 3}
    | {"kind": "cell_type"}
    | {"metric": "accuracy", "value": [0.5, NAN, 0.4, 1.0], "low": [0.1, NAN, NAN, 0.9]}
    | {"high": [0.9, NAN, NAN, 1.0], "first": [True, False, False, True]}
)
CURVE = pd.DataFrame(
    {"score": [0.9, 0.5, 0.1], "precision": [1.0, 0.5, 0.6], "recall": [0.3, 0.3, 0.9]}
).assign(false_positives=[0.0, 0.2, 3.0])
IMAGES = [np.full((12 + n, 20, 3), 40 * n, np.uint8) for n in range(5)]
DRAWN = {
    "bar_chart": lambda: figures.bar_chart(
        pd.DataFrame({"name": ["a", LONG], "value": [3, 200]}), "a unit"
    ),
    "validation_curve": lambda: figures.validation_curve(
        pd.DataFrame({"parameter": [0.1, 1.0], "validation": [0.5, 0.7]}), 1.0, "accuracy"
    ),
    "class_balance": lambda: figures.class_balance(
        pd.DataFrame({"train": [3, 0], "validation": [1, 1], "test": [1, 9]}, index=["a", LONG])
    ),
    "metric_by_condition": lambda: figures.metric_by_condition(CONDITIONS, ["a", LONG]),
    "metric_by_condition of many": lambda: figures.metric_by_condition(
        pd.concat([CONDITIONS.assign(condition=str(n)) for n in range(9)]), ["a", LONG]
    ),
    "confusion_matrix": lambda: figures.confusion_matrix(np.array([[3, 1], [0, 0]]), ["a", LONG]),
    "confusion_matrix of many": lambda: figures.confusion_matrix(
        np.eye(30, dtype=int), [*map(str, range(30))]
    ),
    "pareto_front": lambda: figures.pareto_front(CANDIDATES.dropna(), "accuracy", "ms"),
    "paired_differences": lambda: figures.paired_differences(
        pd.DataFrame(
            {"pair": ["over a"], "difference": [0.1], "low": [-0.1], "high": [0.2], "p_holm": [0.3]}
        )
    ),
    "difference_matrix": lambda: figures.difference_matrix(PAIRS, ["a", "b", LONG]),
    "difference_matrix of many": lambda: figures.difference_matrix(
        PAIRS, ["a", "b", LONG, *map(str, range(9))]
    ),
    "image_grid": lambda: figures.image_grid(IMAGES, [LONG] * 5),
    "training_history": lambda: figures.training_history(
        pd.DataFrame({"epoch": [0, 1], "train": [NAN, 0.8], "validation": [0.5, 0.6]}), "accuracy"
    ),
    "loss_history": lambda: figures.loss_history(
        pd.DataFrame({"epoch": range(40), "loss": np.ones(40), "validation": np.arange(40.0)})
    ),
    "leaderboard": lambda: figures.leaderboard(CANDIDATES, "accuracy"),
    "f1_by_class": lambda: figures.f1_by_class(
        pd.DataFrame(
            {"class": ["a", LONG], "support": [5, 0], "f1": [0.5, NAN]}
            | {"low": [0.2, NAN], "high": [0.7, NAN]}
        )
    ),
    "reliability_diagram": lambda: figures.reliability_diagram(
        pd.DataFrame(
            {"confidence": [0.6, 0.9], "accuracy": [0.5, 1.0], "count": [5, 9]}
            | {"low": [0.2, 0.7], "high": [0.8, 1.0]}
        ),
        "error 0.1",
    ),
    "curves_by_count": lambda: figures.curves_by_count(
        pd.DataFrame(
            {"candidate": ["a", "a", LONG, LONG], "labels": [10, 1000] * 2}
            | {"value": [0.4, 0.9, 0.5, 0.6], "low": 0.3, "high": 0.95}
        ),
        "labels",
        "accuracy",
    ),
    "robustness_curve": lambda: figures.robustness_curve(
        pd.DataFrame(
            {"noise": ["a", "a", LONG, LONG], "severity": [0.0, 0.2, 0.0, 0.2]}
            | {"value": [0.9, 0.8, NAN, NAN], "low": [0.8, 0.7, NAN, NAN]}
            | {"high": [0.95, 0.85, NAN, NAN]}
        ),
        "accuracy",
    ),
    "precision_recall": lambda: figures.precision_recall([CURVE] * 4, 0.4),
    "precision_recall of nothing": lambda: figures.precision_recall([CURVE.iloc[:0]] * 2, 0.4),
    "false_alarms": lambda: figures.false_alarms(
        CURVE,
        pd.DataFrame({"recall": [0.8, 0.9], "value": [0.0, NAN], "low": [0.0, NAN]}).assign(high=2),
    ),
    "ap_by_class": lambda: figures.ap_by_class(
        pd.DataFrame({"class": ["a", LONG], "objects": [5, 0], "ap": [0.5, NAN]}).assign(
            low=0.2, high=0.7
        )
    ),
    "image_sizes": lambda: figures.image_sizes(np.array([300, 300]), np.array([200, 300])),
    "metric_by_slice": lambda: figures.metric_by_slice(
        pd.DataFrame(
            {"slice": ["a", LONG], "n": [5, 90], "value": [0.5, NAN]}
            | {"low": [0.1, NAN], "high": [0.9, NAN]}
        ),
        "accuracy",
        0.7,
    ),
    "critical_difference": lambda: figures.critical_difference(
        pd.DataFrame({"candidate": ["a", "b", LONG], "mean_rank": [1.2, 1.8, 3.0]}),
        pd.DataFrame({"a": ["a", "a", "b"], "b": ["b", LONG, LONG], "p": [0.9, 0.01, 0.2]}),
        2.3,
    ),
    "domain_shift": lambda: figures.domain_shift(
        pd.DataFrame(
            {"trained_on": ["a", "a", LONG, LONG], "tested_on": ["a", LONG] * 2}
            | {"value": [0.9, 0.5, NAN, 0.8], "low": 0.4, "high": 0.95}
        ),
        "accuracy",
    ),
    "recording_lengths": lambda: figures.recording_lengths(np.array([0.0, 1.5, 30.0])),
    "error_rate_by_normalisation": lambda: figures.error_rate_by_normalisation(
        pd.DataFrame({"normalisation": ["a", LONG], "word-error-rate": [0.1, NAN]}).assign(
            low=0.1, high=0.3
        ),
        "a",
    ),
    "error_rate_histogram": lambda: figures.error_rate_histogram(np.array([0.0, NAN, 7.0]), 0.4),
    "text_lengths": lambda: figures.text_lengths(np.array([1, 1, 1]), "words"),
    "noise_curve": lambda: figures.noise_curve(
        pd.DataFrame(
            {"condition": list("abcd"), "kind": ["", "white", "babble", "band"]}
            | {"strength": [np.inf, 5.0, 10.0, 8000.0], "value": [0.1, 0.2, 0.3, NAN]}
        ).assign(low=0.05, high=0.5),
        "word-error-rate",
    ),
    "practical_equivalence": lambda: figures.practical_equivalence(
        pd.DataFrame({"better": [0.9, 0.0], "same": [0.1, 0.5], "worse": [0.0, 0.5]}),
        ["a over b", LONG],
        "0.01",
    ),
    "predicted_order": lambda: figures.predicted_order(
        pd.DataFrame({"model": ["a", LONG], "value": [0.9, NAN], "chosen": [True, False]}).assign(
            low=0.7, high=0.95
        ),
        "accuracy",
        "as probes",
    ),
    "rank_correlation": lambda: figures.rank_correlation(
        pd.DataFrame({"method": ["leep", LONG], "tau": [0.5, NAN]}).assign(
            low=0.1, high=0.9, null_low=-1.0, null_high=0.4
        ),
        "as probes",
    ),
    "rank_table": lambda: figures.rank_table(
        pd.DataFrame({"candidate": ["a", LONG], "leep": [0.5, NAN], "logme": [0.1, 0.2]})
    ),
    "risk_coverage": lambda: figures.risk_coverage(
        np.linspace(0.1, 1, 10), *np.linspace([0.0, 0.0, 0.1], [0.3, 0.2, 0.4], 10).T
    ),
    "seed_spread": lambda: figures.seed_spread(
        pd.DataFrame({"family": ["a", LONG], "value": [0.9, 0.8]}).assign(
            training=[0.01, NAN], sampling=0.02
        ),
        pd.DataFrame({"family": ["a", "a", LONG], "value": [0.89, 0.91, 0.8]}),
        "accuracy",
    ),
    "single_splits": lambda: figures.single_splits(
        pd.DataFrame({"a": [0.9, 0.8, NAN], LONG: [0.7, 0.9, 0.8]}), "accuracy"
    ),
    "learning_curve": lambda: figures.learning_curve(
        LearningCurve(
            metric="accuracy",
            items=1000,
            sizes=[100, 800],
            values=[0.8, 0.9],
            low=[0.7, 0.85],
            high=[0.85, 0.92],
            law=[0.95, 0.05, 0.5],
            gain=[0.01, 0.0, 0.02],
        )
    ),
    "successive_elimination": lambda: figures.successive_elimination(
        pd.DataFrame(
            {"contender": ["a", LONG, "a"], "items": [16, 16, 32], "value": [0.5, 0.5, 0.6]}
        ).assign(dropped=[False, True, False])
    ),
}


def test_every_figure_of_the_registry_is_drawn_here():
    registered = {name for name in vars(figures) if callable(getattr(figures, name))}
    assert {name.split()[0] for name in DRAWN} == registered - {"show", "boxes_on"}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_has_alternative_text_and_always_the_same_bytes(name):
    data, metadata = displayed(lambda: figures.show(DRAWN[name](), "what it shows"))
    [kind] = [key for key in data if key.startswith("image/")]
    assert metadata[kind]["alt"] == data["text/plain"] == "what it shows"
    assert len(data[kind]) > 1000
    assert data == displayed(lambda: figures.show(DRAWN[name](), "what it shows"))[0]


def test_two_labels_are_never_cut_to_the_same():
    """Names that differ at their ends keep them; those that differ within are numbered."""
    left, right = "melanoma of the skin, left arm", "melanoma of the skin, right arm"
    middle = [f"a name that is long {n} and ends as the others do" for n in "xy"]
    shown = style.apart([left, right, *middle, "short"], 18)
    assert len(set(shown)) == 5 and shown[-1] == "short"
    assert "left" in shown[0] and "right" in shown[1]
    assert max(map(len, shown)) <= 18 + len("3: ")


@pytest.mark.parametrize("count", [9, 40])
def test_names_beside_near_points_lie_over_no_other_and_stay_inside(count):
    """Where there is no room a name is left out, those on the front last, and that is said."""
    random = np.random.default_rng(0)
    values = 0.9 + np.arange(count) * 1e-4
    names = [f"finetune-some-long-model-name-{n}" for n in range(count)]
    table = {"candidate": names, "cost": random.uniform(10, 10.5, count), "value": values}
    table |= {"low": values - 0.02, "high": values + 0.02}
    figure = figures.pareto_front(pd.DataFrame(table), "macro-f1", "ms")
    figure.draw_without_rendering()
    [axes] = figure.axes
    written = [each for each in axes.texts if each.get_text()]
    boxes = [each.get_window_extent() for each in written]
    edges = axes.get_window_extent()
    for index, box in enumerate(boxes):
        assert not box.count_overlaps(boxes[index + 1 :])
        assert edges.x0 <= box.x0 and box.x1 <= edges.x1 + 1
    left = count - len(written)
    assert (f"no room for {left} name" in axes.get_xlabel()) == (left > 0)


@pytest.mark.parametrize("count", range(1, 13))
def test_what_is_said_of_conditions_is_not_cut_however_few_they_are(count):
    names = [f"condition {number}" for number in range(count)]
    table = pd.DataFrame({"condition": names, "candidate": "a", "n": 20, "first": True})
    table = table.assign(value=0.5, low=0.4, high=0.6, kind="objects in the image")
    table["metric"] = "mean-average-precision"
    figure = figures.metric_by_condition(table, ["a"])
    figure.draw_without_rendering()
    said = figure.axes[0].xaxis.label.get_window_extent()
    assert said.x0 >= 0 and said.x1 <= figure.bbox.x1
