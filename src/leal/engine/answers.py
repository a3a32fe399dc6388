"""Answers: a command under a key of its caller's is decided once; a repeat gets the same answer.

Kept in the same transaction as the effect, for refusals too, so that a retry after a lost answer is always safe.
"""

from __future__ import annotations

from typing import Any

import msgspec

from leal.engine.commands import KeyReused, SecondPersonNeeded
from leal.engine.verb import Member, Verb
from leal.errors import LealError, Reason, Refused


class Kept(msgspec.Struct, omit_defaults=True):
    """An answer as it is kept: what was granted, or the failure's id with its words."""

    granted: msgspec.Raw = msgspec.Raw()
    failed: str = ""
    message: str = ""
    reasons: list[Reason] = []


_encode = msgspec.json.Encoder().encode


def replay_or_decide(member: Member, verb: Verb) -> Any:
    """The kept answer of the verb's key, or a fresh decision, which is then kept; raises KeyReused."""
    verb.acts = ()  # of an earlier try, which was not stored
    if verb.key is None:
        return verb.decide(member)
    kept = member.given.get(verb.key.key) or member.answers.get(verb.key.key)
    if kept is None:
        answer = verb.decide(member)
        member.given[verb.key.key] = (verb.key.request, _encode(Kept(granted=msgspec.Raw(_encode(answer)))))
        return answer
    request, answer_bytes = kept
    if request != verb.key.request:
        raise KeyReused
    return _read(answer_bytes, verb)


def keep_failure(member: Member, verb: Verb, failure: BaseException) -> None:
    """Keep a refusal under the verb's key; a broken law, a reused key or a wish that waits is nobody's answer."""
    if verb.key is None or not isinstance(failure, LealError) or isinstance(failure, KeyReused | SecondPersonNeeded):
        return
    if verb.key.key in member.answers:
        return
    reasons = failure.reasons if isinstance(failure, Refused) else []
    kept = Kept(failed=failure.id, message=failure.message, reasons=reasons)
    member.given[verb.key.key] = (verb.key.request, _encode(kept))


def _read(answer: bytes, verb: Verb) -> Any:
    kept = msgspec.json.decode(answer, type=Kept)
    if not kept.failed:
        return msgspec.structs.replace(msgspec.json.decode(kept.granted, type=verb.answer_type), replayed=True)
    failure = Refused(kept.reasons, kept.message) if kept.reasons else _failure_class(kept.failed)(kept.message)
    failure.data["replayed"] = True
    raise failure


def _failure_class(failure_id: str) -> type[LealError]:
    pending = [LealError]
    while pending:
        found = pending.pop()
        if found.id == failure_id:
            return found
        pending += found.__subclasses__()
    return LealError
