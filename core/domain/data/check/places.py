"""What is read knows where it stands: rows of tables, objects and lists of JSON files."""
import json
import os
import re

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
errors = []


def fail(where, text):
    errors.append("%s: %s" % (where, text))


class Missing(Exception):
    """Something that must be there is not; the text says where."""


class Row(dict):
    """A row of a table that knows where it stands."""
    file, line = "", 0

    def __missing__(self, column):
        raise Missing("%s, line 1: expected a column %s, found none" % (self.file, column))


class Object(dict):
    """An object of a JSON file that knows where it stands."""
    file, path = "", ""

    def need(self, key):
        """Tells whether there is such a key, and fails where not."""
        if key not in self:
            fail(path_at(self.file, self.path), "expected %s, found %s" % (key, ", ".join(self) or "nothing"))
        return key in self

    def __missing__(self, key):
        raise Missing("%s: expected %s, found %s" % (path_at(self.file, self.path), key, ", ".join(self)))


class List(list):
    """A list of a JSON file that knows where it stands."""
    file, path = "", ""


def placed(name, value, path=""):
    """The same value, its objects and lists with their places."""
    if isinstance(value, dict):
        out = Object((k, placed(name, x, path + "." * bool(path) + k)) for k, x in value.items())
    elif isinstance(value, list):
        out = List(placed(name, x, "%s[%d]" % (path, n)) for n, x in enumerate(value))
    else:
        return value
    out.file, out.path = name, path
    return out


def row_at(row, column=""):
    return "%s, line %d%s" % (row.file, row.line, column and ", " + column)


def at(node, key=""):
    """Where a cell of a row, or a value of an object or a list, stands."""
    if isinstance(node, Row):
        return row_at(node, key)
    step = "[%d]" % key if isinstance(key, int) else key and "." * bool(node.path) + key
    return path_at(node.file, node.path + step)


def path_at(name, path):
    """Where the value of a path such as machines[0].transitions[2].to stands in a JSON file."""
    text = open(os.path.join(HERE, name), encoding="utf-8").read()
    space, decoder, i = re.compile(r"[\s:,]*"), json.JSONDecoder(), 0
    for step in re.findall(r"[^.\[\]]+", path):
        i, n = space.match(text, i).end(), 0
        is_object = text[i] == "{"
        i = space.match(text, i + 1).end()
        while text[i] not in "}]":
            key = str(n)
            if is_object:
                key, i = json.decoder.scanstring(text, i + 1)
                i = space.match(text, i).end()
            if key == step:
                break
            i, n = space.match(text, decoder.raw_decode(text, i)[1]).end(), n + 1
        else:
            break
    return "%s, line %d%s" % (name, text.count("\n", 0, space.match(text, i).end()) + 1, path and ", " + path)


def keys_twice(text):
    """Each name that an object has twice, with the line of the second."""
    inside, last = [], None
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]', text):
        sign = token.group()
        if sign in "{[":
            inside.append(set())
        elif sign in "}]":
            inside.pop()
        elif sign == ":":
            if last.group() in inside[-1]:
                yield json.loads(last.group()), text.count("\n", 0, last.start()) + 1
            inside[-1].add(last.group())
        last = token
