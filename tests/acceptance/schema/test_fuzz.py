"""Every function, with generated input that is right and that is not, answers as the document says."""

from __future__ import annotations

import os
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from leal.datasource import description
from tests.acceptance.schema.ground import Ground
from tests.acceptance.schema.rules import CHECKS, done_without

EXAMPLES: Final = int(os.environ.get("LEAL_SCHEMA_EXAMPLES", "12"))
BOUNDED: Final = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
OPERATIONS: Final = [
    (path, method)
    for path, forms in description.document()["paths"].items()
    for method in forms
    if method != "parameters"
]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda value: value.rsplit("/", 1)[-1])
def test_a_function_answers_as_described(
    ground: Ground, schema: OpenApiSchema, path: str, method: str, mode: GenerationMode
) -> None:
    @BOUNDED
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        assert isinstance(case, Case)
        answer = case.call(headers=ground.dress(case))
        case.validate_response(answer, additional_checks=CHECKS, excluded_checks=done_without(answer, path))

    call()
