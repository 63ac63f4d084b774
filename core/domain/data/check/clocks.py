"""Reference functions: clocks of complaints, quiet hours, dispatch, promises."""
import datetime as dt

from .days import day, is_rest
from .files import J


def work_profile(code):
    return next(p for p in J["complaint_profiles.json"]["profiles"] if p["code"] == code)


def is_workday(date, days, i):
    return (date.isoweekday() in days or date.isoformat() in i.get("workdays", [])) and not is_rest(date, i)


def calendar_clock(i):
    p = work_profile(i["profile"])
    start = day(i["received_on"]) + dt.timedelta(days=1)
    while not is_workday(start, p["business_days"], i):
        start += dt.timedelta(days=1)
    out = {"start": start.isoformat()}
    out.update({s["code"]: (start + dt.timedelta(days=s["days"])).isoformat() for s in p["steps"]})
    return out


def working_clock(i):
    p = work_profile(i["profile"])
    cal, received = p["calendar"], dt.datetime.fromisoformat(i["received_at"])

    def periods(date):
        return [[dt.datetime.combine(date, dt.time.fromisoformat(t), received.tzinfo) for t in pair] for pair in cal["working_hours"]] if is_workday(date, cal["working_days"], i) else []

    def add_hours(at, hours):
        left, date = dt.timedelta(hours=hours), at.date()
        while True:
            for a, b in periods(date):
                a = max(a, at)
                if a < b:
                    if b - a >= left:
                        return a + left
                    left -= b - a
            date += dt.timedelta(days=1)

    def add_days(at, days):
        date = at.date()
        while days:
            date += dt.timedelta(days=1)
            days -= bool(periods(date))
        return periods(date)[-1][1]
    out = {}
    for s in p["steps"]:
        at = out[s["after"]] if s["after"] else received
        out[s["code"]] = add_hours(at, s["working_hours"]) if "working_hours" in s else add_days(at, s["working_days"])
    return {k: x.isoformat() for k, x in out.items()}


def quiet(at, periods=None):
    """None when a contact is allowed at this moment, else the end of the quiet period."""
    for a, b in J["complaint_profiles.json"]["quiet_hours"]["periods"] if periods is None else periods:
        a, b = dt.time.fromisoformat(a), dt.time.fromisoformat(b)
        now = at.time()
        if a < b and a <= now < b:
            return dt.datetime.combine(at.date(), b, at.tzinfo)
        if a > b and (now >= a or now < b):
            return dt.datetime.combine(at.date() + dt.timedelta(days=now >= a), b, at.tzinfo)
    return None


def revisit(i):
    at = dt.datetime.fromisoformat(i["event_at"])
    due = dt.datetime.combine(at.date() + dt.timedelta(days=J["complaint_profiles.json"]["revisit"]["days"]), dt.time(23, 59, 59), at.tzinfo)
    last = due
    while quiet(last):
        last -= dt.timedelta(seconds=1)
    return {"due": due.isoformat(), "last_contact_before": (last + dt.timedelta(seconds=1)).isoformat()}


def quiet_check(i):
    """An owner's own hours replace the others, and may overlap; what is urgent for safety is exempt."""
    at = dt.datetime.fromisoformat(i["at"])
    periods = i.get("owner_hours")
    if i.get("safety") or quiet(at, periods) is None:
        return {"allowed": True, "next_allowed": at.isoformat()}
    until = at
    for _ in range(9):
        until = quiet(until, periods) or until
    return {"allowed": False, "next_allowed": until.isoformat() if quiet(until, periods) is None else None}


def acknowledged(i):
    limit = next(t for t in J["complaint_profiles.json"]["defect_targets"] if t["severity"] == i["severity"])["contact_minutes"]
    if not i["acknowledged_at"] or not i["promise_at"]:
        return {"in_time": False}
    return {"in_time": dt.datetime.fromisoformat(i["acknowledged_at"]) - dt.datetime.fromisoformat(i["dispatched_at"]) <= dt.timedelta(minutes=limit)}


def promise_kept(i):
    due = ([i["first_due"]] + [m["to"] for m in i["moves"] if m["owner_agreed"]])[-1]
    return {"state": "kept" if dt.datetime.fromisoformat(i["kept_at"]) <= dt.datetime.fromisoformat(due) else "kept_late", "counted_due": due}
