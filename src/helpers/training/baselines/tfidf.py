"""Linear models on weighted counts of words: what a text study has to beat, and often does not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from helpers.core import progress
from helpers.core.errors import UserError
from helpers.data.dataset import Dataset
from helpers.training import linear_probe, validation_score
from helpers.training.baselines import svm_scores
from helpers.training.baselines.base import Baseline

FEWEST = 2
"""Texts that a word or a pair must be in to count."""
REASONS = 5
"""Words named for an answer."""


@dataclass(frozen=True)
class Fit:
    """A linear model: decision values [N, K] of weighted counts, and a temperature for them."""

    model: Any
    classes: int
    temperature: float

    def decisions(self, values: Any) -> np.ndarray:
        """Return decision values, float64 [N, K]."""
        return svm_scores.of_classes(self.model, values, self.classes)

    def scores(self, values: Any) -> np.ndarray:
        """Return probabilities, float64 [N, K]."""
        return softmax(self.decisions(values) / self.temperature, axis=1)

    @property
    def weights(self) -> np.ndarray:
        """Return what a word says for each class, float64 [K, D]."""
        own = np.asarray(self.model.coef_)
        own = np.concatenate([-own, own]) if len(own) == 1 else own
        weights = np.zeros((self.classes, own.shape[1]))
        weights[self.model.classes_] = own
        return weights


def logistic(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Fit a logistic regression; its strength is chosen on validation."""
    make = lambda c: LogisticRegression(C=c, max_iter=1000, class_weight=options["class_weight"])  # noqa: E731
    return _fitted(dataset, train, validation, primary, options, make)


def svm(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Fit a linear support vector machine; its decision values become probabilities by a softmax.

    Its one temperature is fitted on validation (Guo et al., ICML 2017, arXiv:1706.04599).
    """
    make = lambda c: LinearSVC(C=c, class_weight=options["class_weight"], random_state=0)  # noqa: E731
    return _fitted(dataset, train, validation, primary, options, make)


def _fitted(
    dataset: Dataset,
    train: np.ndarray,
    validation: np.ndarray,
    primary: str,
    options: dict,
    make: Callable[[float], Any],
) -> Baseline:
    """Choose C on validation, then fit again on both sides, with the words of both."""
    labels, everything = dataset.labels, np.arange(len(dataset.frame))
    both = np.concatenate([train, validation])
    known = {"all": (everything, everything), "train": (train, both)}[options["fitted_on"]]
    vectorizer = _vectorizer(options, texts(dataset, known[0]), dataset.study)
    tried = list(
        _path(make, vectorizer, dataset, (train, validation), primary, options["regularisation"])
    )
    path = pd.DataFrame([row for row, _, _ in tried])
    best = validation_score.best(path)
    chosen, (_, fit, said) = float(path.loc[best, "parameter"]), tried[best]
    vectorizer = _vectorizer(options, texts(dataset, known[1]), dataset.study)
    model = _fit(make(chosen), vectorizer.transform(texts(dataset, both)), labels[both])
    final = Fit(model, len(dataset.classes), fit.temperature)
    transform = lambda other, positions: vectorizer.transform(texts(other, positions))  # noqa: E731
    return Baseline(
        path,
        {"C": chosen, "temperature": fit.temperature},
        float(path.loc[best, "validation"]),
        said,
        lambda other, positions: final.scores(transform(other, positions)),
        final.weights.size,
        linear_probe.edge(chosen, options["regularisation"]),
        _expects(options, len(vectorizer.vocabulary_)),
        lambda positions, codes: leaned_on(
            final.weights, vectorizer, transform(dataset, positions), codes
        ),
    )


def _path(
    make: Callable[[float], Any],
    vectorizer: TfidfVectorizer,
    dataset: Dataset,
    sides: tuple[np.ndarray, np.ndarray],
    primary: str,
    grid: tuple[float, ...],
) -> Iterator[tuple[dict, Fit, np.ndarray]]:
    """Fit at every C: a row of the path, the fit, and its scores of the validation side."""
    labels = [dataset.labels[side] for side in sides]
    train, validation = (vectorizer.transform(texts(dataset, side)) for side in sides)
    for value in progress.track(sorted(grid), "words"):
        fit = Fit(_fit(make(value), train, labels[0]), len(dataset.classes), 1.0)
        if isinstance(fit.model, LinearSVC):
            found = svm_scores.temperature(fit.decisions(validation), labels[1])
            fit = Fit(fit.model, fit.classes, found)
        said = fit.scores(validation)
        yield validation_score.tried(value, primary, labels[1], said), fit, said


def _fit(model: Any, values: Any, labels: np.ndarray) -> Any:
    """Fit on one core: sparse sums are short, and cores that wait for each other take them all."""
    with threadpool_limits(1):
        return model.fit(values, labels)


def leaned_on(
    weights: np.ndarray, vectorizer: TfidfVectorizer, values: Any, codes: np.ndarray
) -> list[str]:
    """Name the words that spoke most for the class of each text, over the mean of all classes.

    Parameters
    ----------
    weights : ndarray
        float64 [K, D].
    vectorizer : TfidfVectorizer
    values : sparse array
        Weighted counts [N, D].
    codes : ndarray
        Which class of each, int [N].
    """
    names, mean = vectorizer.get_feature_names_out(), weights.mean(axis=0)
    said = []
    for row, code in zip(values.tocsr(), codes, strict=True):
        part = row.data * (weights[code] - mean)[row.indices]
        order = np.argsort(-part)[:REASONS]
        said.append(", ".join(names[row.indices[at]] for at in order if part[at] > 0))
    return said


def texts(dataset: Dataset, positions: np.ndarray) -> list[str]:
    """Read the texts at some positions."""
    return [dataset.example(int(position)) for position in positions]


def _vectorizer(options: dict, known: list[str], study: str) -> TfidfVectorizer:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, options["ngrams"]),
        sublinear_tf=options["sublinear"],
        min_df=FEWEST,
        token_pattern=r"(?u)\b\w+\b",
    )
    try:
        return vectorizer.fit(known)
    except ValueError:
        raise UserError(f"{study}: no word is in {FEWEST} texts or more") from None


def _expects(options: dict, words: int) -> dict[str, Any]:
    runs = "words" if options["ngrams"] == 1 else f"runs of up to {options['ngrams']} words"
    counted = {"train": "the texts that are fitted on", "all": "all texts, those of test included"}
    weights = "log counts" if options["sublinear"] else "counts"
    return {
        "preprocessing": f"lower case, {runs} by {weights} and rarity, to unit length",
        "vocabulary": f"{words:,}, of {counted[options['fitted_on']]}",
    }
