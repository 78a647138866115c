"""Linear models on TF-IDF weights of words: what a text study has to beat, and often does not.

Where a script parts no words, runs of characters stand for them: see ``words.terms_of``.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from helpers.core.errors import UserError
from helpers.core.scripts import UNSPACED
from helpers.data.dataset import Dataset
from helpers.data.text.words import LONGEST, terms_of
from helpers.training.baselines.base import Fit, choose
from helpers.training.results import AdaptationRequest, BaselineResult

FEWEST = 2  # texts that a word or a run of words must occur in to count
REASONS = 5  # words named per prediction


def logistic(request: AdaptationRequest) -> BaselineResult:
    """Fit a logistic regression; its regularisation is chosen on validation."""
    weight = request.options["class_weight"]
    return _fitted(request, lambda c: LogisticRegression(C=c, max_iter=1000, class_weight=weight))


def svm(request: AdaptationRequest) -> BaselineResult:
    """Fit a linear support vector machine; its scores are at one temperature."""
    weight = request.options["class_weight"]
    return _fitted(request, lambda c: LinearSVC(C=c, class_weight=weight, random_state=0))


def _fitted(request: AdaptationRequest, make: Callable[[float], Any]) -> BaselineResult:
    """Choose C on validation, then fit again on both splits, with the words of both."""
    dataset, splits, options = request.dataset, request.splits, request.options
    everything = np.arange(len(dataset.frame))
    vocabulary = {"all": (everything, everything), "train": (splits.train, splits.both)}
    for_choice, for_final = vocabulary[options["fitted_on"]]
    vectorizer = _vectorizer(options, texts(dataset, for_choice), dataset.study)

    def transform(other: Dataset, positions: np.ndarray) -> Any:
        return vectorizer.transform(texts(other, positions))

    train, validation = (transform(dataset, rows) for rows in (splits.train, splits.validation))
    fit, found = choose(request, make, train, validation)
    vectorizer = _vectorizer(options, texts(dataset, for_final), dataset.study)
    both = transform(dataset, splits.both)
    final = fit.again(make(found["chosen"]["C"]), both, splits.labels[splits.both])
    weights = _weights(final)
    return BaselineResult(
        scores=lambda other, positions: final.scores(transform(other, positions)),
        parameters=weights.size,
        backbone=_reads(options, vectorizer.vocabulary_),
        reasons=lambda positions, codes: decisive_words(
            weights, vectorizer, transform(dataset, positions), codes
        ),
        **found,
    )


def _weights(fit: Fit) -> np.ndarray:
    """Return the weight of each word for each class, float64 [K, D]."""
    coefficients = np.asarray(fit.model.coef_)
    if len(coefficients) == 1:  # scikit-learn keeps one row for two classes
        coefficients = np.concatenate([-coefficients, coefficients])
    weights = np.zeros((fit.classes, coefficients.shape[1]))
    weights[fit.model.classes_] = coefficients
    return weights


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
        analyzer=partial(_terms, most=options["ngrams"], kind=options["terms"]),
        sublinear_tf=options["sublinear"],
        min_df=FEWEST,
    )
    try:
        return vectorizer.fit(documents)
    except ValueError:
        raise UserError(f"{study}: no word occurs in {FEWEST} or more texts") from None


def _reads(options: dict[str, Any], terms: Mapping[str, int]) -> dict[str, Any]:
    runs = "words" if options["ngrams"] == 1 else f"runs of up to {options['ngrams']} words"
    unspaced = re.search(f"{UNSPACED}|[\uac00-\ud7a3]", " ".join(terms))
    if options["terms"] == "characters":
        runs = f"runs of up to {LONGEST} characters of a word"
    elif options["terms"] == "words":
        runs += " (of ICU's dictionaries where a script parts none)" if unspaced else ""
    elif unspaced:
        runs += f" and {LONGEST} characters (words are not parted, or have endings)"
    source = {"train": "the texts fitted on", "all": "all texts, those of test included"}
    weights = "log counts" if options["sublinear"] else "counts"
    return {
        "preprocessing": f"lower case, {runs} by {weights} and rarity, to unit length",
        "vocabulary": f"{len(terms):,}, of {source[options['fitted_on']]}",
    }
