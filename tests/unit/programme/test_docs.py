"""The page about the programme document says what the model says, and names every code a fault can have."""

import ast
import re
from pathlib import Path

import pytest

import leal
from leal.rules.programme.reading import read_programme
from tests.unit.programme.reference import END, PAGE, START, tables

SOURCE = Path(leal.__file__).parent
FILES = ["decode.py", "faults.py", *(f"rules/programme/{name}.py" for name in (
    "findings", "validation", "checks_conditions", "checks_earning", "checks_tiers", "checks_rewards", "checks_feeds",
    "checks_content", "yaml_tree",
))]  # fmt: skip
# Where the code stands among the arguments of what notes down a fault.
PLACE = {"Problem": 1, "add": 1, "_fault": 1}
CODE = re.compile(r"[a-z][a-z0-9_]*")


def codes(tree: ast.AST, place: dict[str, int]) -> set[str]:
    found: set[ast.expr] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            if name in place and len(node.args) > place[name]:
                found.add(node.args[place[name]])
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            found.add(node.value.elts[1])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
            found.add(node.value)
    constants = {leaf.value for root in found for leaf in ast.walk(root) if isinstance(leaf, ast.Constant)}
    return {value for value in constants if isinstance(value, str) and CODE.fullmatch(value)}


def every_code() -> set[str]:
    found: set[str] = set()
    for name in FILES:
        place = {**PLACE, "_fault": 2} if name.endswith("yaml_tree.py") else PLACE
        found |= codes(ast.parse((SOURCE / name).read_text("utf-8")), place)
    return found


def test_every_code_is_explained() -> None:
    page = PAGE.read_text("utf-8")
    explained = set(re.findall(r"^\| `(\w+)` \|", page.partition("## Faults")[2].partition("\n## ")[0], re.MULTILINE))
    assert explained == every_code()
    assert len(explained) > 20


def test_the_tables_are_those_of_the_model() -> None:
    page = PAGE.read_text("utf-8")
    written = page.partition(START)[2].partition(END)[0]
    assert written.strip() == tables().strip(), "run: python -m tests.unit.programme.reference"


EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
HEAD = "shop: a\ntitle: A\ncurrency: EUR\ntimezone: Europe/Paris\n"


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_page_are_right(example: str) -> None:
    programme = read_programme(example if "currency:" in example else HEAD + example)
    assert programme.currency == "EUR"
