"""Another language changes strings.py and strings_clinic.py only: no view holds words of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import app

ROOT = Path(app.__file__).parent
VIEWS = ("parts", "patient/screens", "patient/views", "therapist/parts", "therapist/screens")
WORDS = re.compile(r"[a-z] |\s[a-z]", re.IGNORECASE)
"""A letter beside a space: keys, names of icons and fonts have none."""


def said_by(path: Path) -> Iterator[str]:
    """The texts of a module that look like words, docstrings and comments aside."""
    tree = ast.parse(path.read_text("utf-8"))
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in notes else None
        if isinstance(text, str) and WORDS.search(text):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {text}"


def names_of(node: ast.stmt) -> list[str]:
    """What a statement of a module or class defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def test_no_view_has_words_of_its_own() -> None:
    modules = [path for folder in VIEWS for path in (ROOT / folder).glob("*.py")]

    assert len(modules) > len(VIEWS)
    assert [words for module in modules for words in said_by(module)] == []


def test_no_word_is_defined_twice() -> None:
    for module in ("strings.py", "strings_clinic.py"):
        tree = ast.parse((ROOT / module).read_text("utf-8"))
        scopes = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]
        defined = [[name for node in scope.body for name in names_of(node)] for scope in scopes]

        assert sum(map(len, defined)) > 100
        assert [name for names in defined for name in names if names.count(name) > 1] == [], module
