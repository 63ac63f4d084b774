"""What README.md says of the folder."""
import os

from .files import J, T
from .places import HERE, fail
from .templates import HOME_TEMPLATES, instantiate


def count_rows():
    """The rows of the table of answers in README.md: per layout, first every item, then only those whose feature is stated."""
    for x in J["demo_project.json"]["layouts"]:
        for stated in (False, True):
            cells = ["%d (%d)" % instantiate(t, x, stated) for t in HOME_TEMPLATES]
            yield "| `%s` | %s | %s |" % (x["code"], "as stated" if stated else "all items", " | ".join(cells))


def readme(text, begins):
    lines = text.split("\n")
    return "README.md, line %d" % next((n for n, line in enumerate(lines, 1) if line.startswith(begins)), 1)


def check_readme():
    text = open(os.path.join(HERE, "README.md"), encoding="utf-8").read()
    for row in count_rows():
        if row not in text:
            fail(readme(text, "| layout"), "expected the row %s, found none" % row)
    for name in sorted(os.listdir(HERE)):
        if not name.startswith((".", "__")) and name != "README.md" and "**%s**" % name not in text:
            fail(readme(text, "# "), "expected a word on **%s**, found none" % name)
    for name in {r["group"] for r in T["answer_codes.csv"]}:
        if "`%s`" % name not in text:
            fail(readme(text, "**answer_codes.csv**"), "expected the group `%s`, found none" % name)
