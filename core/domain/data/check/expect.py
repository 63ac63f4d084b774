"""What more than one check expects of a value."""
import datetime as dt
import re
import zoneinfo

from .places import at, fail, path_at


def expect(where, value, allowed, what):
    if value not in allowed:
        fail(where, "expected a known %s, found %s" % (what, value))


def wrong(node, key, expected, found=None):
    """Fails at a cell of a row, or at a value of an object or a list."""
    fail(at(node, key), "expected %s, found %s" % (expected, node[key] if found is None else found))


def known(node, key, allowed, what):
    """As expect, for a value that stands in a node."""
    if node[key] not in allowed:
        wrong(node, key, "a known %s" % what)


def expect_at(name, path, value, allowed, what):
    """As expect, for a value of a JSON file; only a mistake looks for its line."""
    if value not in allowed:
        fail(path_at(name, path), "expected a known %s, found %s" % (what, value))


def once(name, path, values, field=""):
    """No code twice in the list at a path; field is where the code stands in an element."""
    for n, value in enumerate(values):
        if value in values[:n]:
            fail(path_at(name, "%s[%d]%s" % (path, n, field)), "expected a code that is not there yet, found %s" % value)


def expect_equal(where, a, b, what):
    if a != b:
        fail(where, "expected %s %s, found %s" % (what, b, a))


def is_time(text):
    return bool(re.match(r"^([01]\d|2[0-3]):[0-5]\d$", text))


def clock(where, text):
    """A time of day; where is asked only at a mistake."""
    if not is_time(text):
        fail(where(), "expected a time of day, as 09:30 is, found %s" % text)
    return text


def clock_at(name, path, text):
    if not is_time(text):
        fail(path_at(name, path), "expected a time of day, as 09:30 is, found %s" % text)
    return text


def is_date(text):
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def date_ok(where, text):
    """A date; where is asked only at a mistake."""
    if not is_date(text):
        fail(where(), "expected a date, found %s" % text)
    return text


def is_zone(name):
    if not zoneinfo.available_timezones():
        return True  # a machine without any zones can say nothing of one
    try:
        return bool(zoneinfo.ZoneInfo(name))
    except (LookupError, ValueError):
        return False
