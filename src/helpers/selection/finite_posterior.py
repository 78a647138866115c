"""Whether a candidate that is behind on some items may be level with another on all of them.

All labels are known, and of each class some items are predicted, drawn without replacement. What
the others will show is drawn from Polya's urn: the pairs of answers seen in the class, and one
made-up item that speaks for the candidate behind. For shares this is Clopper and Pearson's bound;
for other means Gaffke's (Mathematical Methods of Statistics, 2005), of which no failure is known.
"""

import numpy as np

from helpers.metrics import confusion_matrix
from helpers.metrics.confusion_matrix import Counts

METRICS = {each.name: each.function for each in confusion_matrix.METRICS if each.function}
"""The metrics that a race can be run on: those of answers, not of scores."""
FIRST = 200  # draws that show most pairs to be undecided
MORE = 10  # times the draws that could just reach the limit


def value(metric: str, labels: np.ndarray, answers: np.ndarray) -> float:
    """Compute a metric of class codes, int [n] each."""
    classes = 1 + max(labels.max(), answers.max())
    matrix = confusion_matrix.confusion_matrix(labels, answers, classes)
    return float(METRICS[metric](confusion_matrix.counts(matrix)))


def behind(
    ours: np.ndarray, theirs: np.ndarray, labels: np.ndarray, metric: str, limit: float
) -> float:
    """Return the p-value that ours is at least as good as theirs on all the ``labels`` [N].

    Both are class codes int [n] of the first items, in random order. A p that cannot be as low as
    the ``limit`` is left rough.
    """
    if metric == "accuracy":  # all items are alike: right or wrong
        right, labels = labels[: len(ours)], np.zeros(len(labels), np.int64)
        ours, theirs = (np.not_equal(answers, right).astype(int) for answers in (ours, theirs))
    classes = 1 + max(labels.max(), ours.max(), theirs.max(), 1)
    items, seen = np.bincount(labels, minlength=classes), labels[: len(ours)]
    rarest = np.argsort(np.where(items > 0, items, len(labels) + 1), kind="stable")
    random, level, draws = np.random.default_rng(0), 0, 0
    for many in (FIRST, int(np.ceil(MORE / limit))):
        sums = np.zeros((2, 2, many, classes))  # hits and predicted of each of the two
        for code in np.flatnonzero(items):
            cells = (ours * classes + theirs)[seen == code]
            pairs, known = np.unique(cells, return_counts=True)
            pairs = np.append(pairs, code * classes + rarest[int(rarest[0] == code)])
            shares = random.standard_gamma(np.append(known, 1), (many, len(pairs)))
            shares /= shares.sum(axis=1, keepdims=True)
            drawn = random.multinomial(items[code] - known.sum(), shares) + np.append(known, 0)
            for side, answers in zip(sums, np.divmod(pairs, classes), strict=True):
                side[0, :, code] = drawn @ (answers == code)
                side[1] += drawn @ np.eye(classes)[answers]
        actual = np.broadcast_to(items.astype(float), (many, classes))
        mine, other = (METRICS[metric](Counts(side[0], side[1], actual)) for side in sums)
        level, draws = level + int(np.sum(~(other > mine + 1e-12))), draws + many
        if level > draws * limit + 4:
            break
    return (1 + level) / (1 + draws)
