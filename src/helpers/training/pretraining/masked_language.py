"""Masked language model: guess the words that are hidden (Devlin et al., NAACL 2019)."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.catalogue import entries
from helpers.models.inference import texts
from helpers.models.kinds import ModelSpec
from helpers.models.text import sentence_bert
from helpers.training.pretraining.learner import Learner

CHOSEN, MASKED, RANDOM = 0.15, 0.8, 0.1  # shares: of tokens to guess; of these, how they are hidden


def learner(asked: dict[str, Any]) -> Learner:
    """Build an encoder, which is the backbone, and a head that guesses tokens."""
    spec = ModelSpec(asked["model"], entry=entries.model(asked["model"]))
    family = sentence_bert.of_archive(spec)
    body = sentence_bert.exact(family.body(spec))
    tokenise = sentence_bert.tokeniser(family, asked["max_tokens"])
    words = sentence_bert.tokenizer(family, asked["max_tokens"])
    special, hide = [0, *words.encode("").ids], words.token_to_id("[MASK]")
    tokens = keras.Input((None,), dtype="int32")
    hidden, _ = sentence_bert.below(body, tokens, None)
    guess = keras.layers.LayerNormalization()(
        keras.layers.Dense(hidden.shape[-1], "gelu", kernel_initializer="identity")(hidden)
    )
    network, table = keras.Model(tokens, guess), body.token_embedding.embeddings

    def scores(guesses: Any) -> Any:
        return tf.matmul(guesses, tf.convert_to_tensor(table), transpose_b=True)

    def masked(given: Any, seed: Any) -> tuple[Any, Any]:
        """Return tokens with some hidden, and which are to be guessed."""
        draw, how = (tf.random.stateless_uniform(tf.shape(given), seed + n) for n in (0, 1))
        chosen = tf.reduce_all(tf.not_equal(given[..., None], special), axis=-1) & (draw < CHOSEN)
        other = tf.random.stateless_uniform(
            tf.shape(given), seed + 2, 1, table.shape[0], dtype=tf.int32
        )
        put = tf.where(how < MASKED, hide, tf.where(how < MASKED + RANDOM, other, given))
        return tf.where(chosen, put, given), chosen

    def loss(given: Any, seed: Any) -> Any:
        put, chosen = masked(given, seed)
        right = tf.boolean_mask(given, chosen)
        said = scores(tf.boolean_mask(network(put), chosen))
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(right, said)
        return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.cast(tf.size(losses), "float32"))

    def pictures(given: Any, seed: Any) -> dict[str, list[str]]:
        put, chosen = masked(tf.convert_to_tensor(given), seed)
        said = tf.argmax(scores(network(put)), axis=-1, output_type=tf.int32)
        rows = {"held out": given, "with tokens hidden": put}
        rows["guessed"] = tf.where(chosen, said, given)
        return {name: _texts(words, np.asarray(each)) for name, each in rows.items()}

    def read(text: str) -> np.ndarray:
        return texts.pad(tokenise([text])[0], 1, asked["max_tokens"])[0]

    return Learner(sentence_bert.whole(body), ((network, loss),), pictures, read=read)


def _texts(words: Any, tokens: np.ndarray) -> list[str]:
    return [
        words.decode([n for n in row if n], skip_special_tokens=False) for row in tokens.tolist()
    ]
