"""The tables of the explanation lack nothing: every type of entry, every bucket and every kind of source is told."""

from __future__ import annotations

import re
from typing import get_args

from leal.api.explaining import SENTENCES
from leal.api.order_explanation import VERDICT_RULES
from leal.engine.explaining import BUCKETS
from leal.rules.explaining import RULE_OF_BUCKET, RULE_OF_ENTRY
from leal.rules.order_explanation import Verdict
from leal.rules.programme.document import SourceKind
from leal.words.catalogue import catalogue

UNSEEN = {"merged_into", "erased"}
"""Entries of which nobody is told any more; they have no words."""
RULE = re.compile(r"S([1-9]|1[0-3])\.\d{1,2}")


def test_every_type_of_entry_has_its_rule() -> None:
    """Every type has words (tests/unit/api/test_words.py), so the words name all types."""
    types = {ident.partition(".")[2] for ident in catalogue("en") if ident.startswith("change.")} - {"with_order"}
    assert RULE_OF_ENTRY.keys() == types | UNSEEN


def test_every_bucket_and_verdict_has_its_rule_and_sentence() -> None:
    assert tuple(RULE_OF_BUCKET) == BUCKETS
    assert tuple(SENTENCES) == BUCKETS
    assert VERDICT_RULES.keys() == set(get_args(Verdict))
    for rule in (*RULE_OF_ENTRY.values(), *RULE_OF_BUCKET.values(), *VERDICT_RULES.values()):
        assert RULE.fullmatch(rule), rule


def test_every_kind_of_source_has_its_sentence() -> None:
    kinds = {ident.partition(".")[2] for ident in catalogue("en") if ident.startswith("earns.")}
    assert kinds == {*get_args(SourceKind), "other"}
