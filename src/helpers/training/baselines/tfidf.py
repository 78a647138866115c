"""Linear models on TF-IDF weights of words: what a text study has to beat, and often does not.

Where a script parts no words, runs of characters stand for them: see ``words.terms_of``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
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
from helpers.core.scripts import UNSPACED
from helpers.data.dataset import Dataset
from helpers.data.text.words import LONGEST, terms_of
from helpers.training import linear_probe, validation_score
from helpers.training.baselines import svm_scores
from helpers.training.results import AdaptationRequest, BaselineResult

FEWEST = 2  # texts that a word or a run of words must occur in to count
REASONS = 5  # words named per prediction


@dataclass(frozen=True)
class Fit:
    """A linear model: decision values [N, K] of weighted counts, and a temperature for them."""

    model: Any
    classes: int
    temperature: float = 1.0

    def decisions(self, values: Any) -> np.ndarray:
        """Return decision values, float64 [N, K]."""
        return svm_scores.of_classes(self.model, values, self.classes)

    def scores(self, values: Any) -> np.ndarray:
        """Return probabilities, float64 [N, K]."""
        return softmax(self.decisions(values) / self.temperature, axis=1)

    @property
    def weights(self) -> np.ndarray:
        """The weight of each word for each class, float64 [K, D]."""
        coefficients = np.asarray(self.model.coef_)
        if len(coefficients) == 1:  # scikit-learn keeps one row for two classes
            coefficients = np.concatenate([-coefficients, coefficients])
        weights = np.zeros((self.classes, coefficients.shape[1]))
        weights[self.model.classes_] = coefficients
        return weights


def logistic(request: AdaptationRequest) -> BaselineResult:
    """Fit a logistic regression; its regularisation is chosen on validation."""
    weight = request.options["class_weight"]
    return _fitted(request, lambda c: LogisticRegression(C=c, max_iter=1000, class_weight=weight))


def svm(request: AdaptationRequest) -> BaselineResult:
    """Fit a linear support vector machine; for its scores see ``svm_scores``."""
    weight = request.options["class_weight"]
    return _fitted(request, lambda c: LinearSVC(C=c, class_weight=weight, random_state=0))


def _fitted(request: AdaptationRequest, make: Callable[[float], Any]) -> BaselineResult:
    """Choose C on validation, then fit again on both splits, with the words of both."""
    dataset, splits, options = request.dataset, request.splits, request.options
    everything = np.arange(len(dataset.frame))
    vocabulary = {"all": (everything, everything), "train": (splits.train, splits.both)}
    for_choice, for_final = vocabulary[options["fitted_on"]]
    vectorizer = _vectorizer(options, texts(dataset, for_choice), dataset.study)
    path = list(_path(request, make, vectorizer))
    grid = pd.DataFrame([row for row, _, _ in path])
    best = validation_score.best_row(grid)
    chosen, (_, fit, validation) = float(grid.loc[best, "parameter"]), path[best]
    vectorizer = _vectorizer(options, texts(dataset, for_final), dataset.study)

    def transform(other: Dataset, positions: np.ndarray) -> Any:
        return vectorizer.transform(texts(other, positions))

    model = _fit(make(chosen), transform(dataset, splits.both), splits.labels[splits.both])
    final = replace(fit, model=model)
    return BaselineResult(
        value=float(grid.loc[best, "validation"]),
        validation=validation,
        scores=lambda other, positions: final.scores(transform(other, positions)),
        parameters=final.weights.size,
        chosen={"C": chosen, "temperature": fit.temperature},
        backbone=_reads(options, vectorizer.vocabulary_),
        grid=grid,
        warnings=linear_probe.edge(chosen, options["regularisation"]),
        reasons=lambda positions, codes: decisive_words(
            final.weights, vectorizer, transform(dataset, positions), codes
        ),
    )


def _path(
    request: AdaptationRequest, make: Callable[[float], Any], vectorizer: TfidfVectorizer
) -> Iterator[tuple[dict[str, float], Fit, np.ndarray]]:
    """Fit at every C: a row of the grid, the fit, and its scores of the validation split."""
    s = request.splits
    train, validation = (
        vectorizer.transform(texts(request.dataset, rows)) for rows in (s.train, s.validation)
    )
    labels = s.labels[s.validation]
    for c in progress.track(sorted(request.options["regularisation"]), "words"):
        fit = Fit(_fit(make(c), train, s.labels[s.train]), s.classes)
        if isinstance(fit.model, LinearSVC):
            temperature = svm_scores.temperature(fit.decisions(validation), labels)
            fit = replace(fit, temperature=temperature)
        scores = fit.scores(validation)
        yield validation_score.grid_row(c, s.primary, labels, scores), fit, scores


def _fit(model: Any, values: Any, labels: np.ndarray) -> Any:
    """Fit on one core: sparse sums are so short that more cores would only wait for each other."""
    with threadpool_limits(1):
        return model.fit(values, labels)


def decisive_words(
    weights: np.ndarray, vectorizer: TfidfVectorizer, values: Any, codes: np.ndarray
) -> list[str]:
    """Name the words that count most for the class of each text, over the mean of all classes.

    Takes weights [K, D], sparse TF-IDF ``values`` [N, D], and a class code per text, int [N].
    """
    names, mean = vectorizer.get_feature_names_out(), weights.mean(axis=0)
    lines = []
    for row, code in zip(values.tocsr(), codes, strict=True):
        weight = row.data * (weights[code] - mean)[row.indices]
        order = np.argsort(-weight)[:REASONS]
        lines.append(", ".join(names[row.indices[n]] for n in order if weight[n] > 0))
    return lines


def texts(dataset: Dataset, positions: np.ndarray) -> list[str]:
    """Read the texts at some positions."""
    return [dataset.example(int(position)) for position in positions]


_terms = lru_cache(maxsize=5_000)(terms_of)  # a learning curve fits on the same texts again


def _vectorizer(options: dict[str, Any], documents: list[str], study: str) -> TfidfVectorizer:
    vectorizer = TfidfVectorizer(
        analyzer=partial(_terms, most=options["ngrams"]),
        sublinear_tf=options["sublinear"],
        min_df=FEWEST,
    )
    try:
        return vectorizer.fit(documents)
    except ValueError:
        raise UserError(f"{study}: no word occurs in {FEWEST} or more texts") from None


def _reads(options: dict[str, Any], terms: Mapping[str, int]) -> dict[str, Any]:
    runs = "words" if options["ngrams"] == 1 else f"runs of up to {options['ngrams']} words"
    if re.search(f"{UNSPACED}|[\uac00-\ud7a3]", " ".join(terms)):
        runs += f" and {LONGEST} characters (words are not parted, or have endings)"
    source = {"train": "the texts fitted on", "all": "all texts, those of test included"}
    weights = "log counts" if options["sublinear"] else "counts"
    return {
        "preprocessing": f"lower case, {runs} by {weights} and rarity, to unit length",
        "vocabulary": f"{len(terms):,}, of {source[options['fitted_on']]}",
    }
