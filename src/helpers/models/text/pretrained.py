"""An encoder that a study pretrained further on its own texts: ``pretrained:STUDY/NAME``."""

from dataclasses import replace
from typing import Any

from helpers.catalogue import entries
from helpers.models.image import pretrained
from helpers.models.kinds import ModelSpec
from helpers.models.text import sentence_bert
from helpers.models.text.encoder import TextCard


def card(spec: ModelSpec) -> TextCard:
    """Describe an encoder; raises UserError if its stage has not run."""
    found = pretrained.backbone(spec.name)
    entry = entries.model(found.model)
    own = replace(spec, entry=entry, size=spec.size or found.max_tokens)
    family = sentence_bert.of_archive(own)

    def body(wanted: ModelSpec) -> Any:
        made = family.body(wanted)
        if wanted.pretrained:
            pretrained.restored(sentence_bert.whole(made), wanted, found)
        return made

    modules = (__name__, pretrained.__name__)
    return sentence_bert.described(
        own, replace(family, body=body, modules=modules, weights=found.digest)
    )
