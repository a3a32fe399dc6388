"""The tables of docs/programme.md, made from the model: `python -m tests.unit.programme.reference` writes them anew."""

import json
import re
from pathlib import Path
from typing import Any

from leal.rules.programme.reading import programme_schema

PAGE = Path(__file__).parents[3] / "docs" / "programme.md"
START, END = "<!-- fields: made from the model -->\n", "<!-- end of fields -->\n"


def tables() -> str:
    """A section for each part, in the order in which the document reaches them."""
    parts: dict[str, Any] = programme_schema()["$defs"]
    order: list[str] = ["Programme"]
    for name in order:
        text = json.dumps(parts[name])
        order.extend(other for other in dict.fromkeys(re.findall(r"#/\$defs/(\w+)", text)) if other not in order)
    return "\n".join(_section(name, parts[name]) for name in order)


def _section(name: str, part: dict[str, Any]) -> str:
    lines = [f"### {_title(name)}", "", " ".join(part["description"].split()), ""]
    lines += ["| field | takes | unless given | meaning |", "|---|---|---|---|"]
    for field, form in part["properties"].items():
        meaning = form.get("description", "")
        lines.append(f"| `{field}` | {_takes(form)} | {_default(field, form, part)} | {meaning} |")
    if not part["properties"]:
        lines = lines[:3]
    return "\n".join(lines) + "\n"


def _title(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _default(field: str, form: dict[str, Any], part: dict[str, Any]) -> str:
    if field in part.get("required", []):
        return "required"
    default = form.get("default")
    if default is None or default in ([], {}, ""):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`" if not isinstance(default, dict) else ""


def _takes(form: dict[str, Any]) -> str:
    if "$ref" in form:
        name = _title(form["$ref"].rsplit("/", 1)[1])
        return f"[{name}](#{name.lower().replace(' ', '-')})"
    if "anyOf" in form:
        return " or ".join(_takes(option) for option in form["anyOf"] if option.get("type") != "null")
    if "enum" in form:
        return ", ".join(f"`{choice}`" for choice in form["enum"] if choice is not None)
    if "const" in form:
        return f"`{form['const']}`"
    such_as = f" such as `{form['examples'][0]}`" if form.get("examples") else ""
    match form.get("type"):
        case "array":
            return f"list of {_takes(form['items'])}"
        case "object":
            return f"a map to {_takes(form['additionalProperties'])}"
        case "boolean":
            return "true or false"
        case "integer":
            return f"{form['minimum']} to {form['maximum']}{such_as}"
        case "string" if form.get("pattern") and not such_as:
            return f"text like `{form['pattern']}`".replace("|", "\\|")
        case "string":
            return f"text{such_as}"
    return f"amount{such_as}"


def main() -> None:
    """Write the tables into the page."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(START)
    PAGE.write_text(f"{before}{START}\n{tables()}\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
