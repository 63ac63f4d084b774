"""Delivery risk and key figures."""
from .expect import expect
from .files import J, codes
from .places import fail, path_at


def check_risk():
    w, d = "delivery_risk.json", J["delivery_risk.json"]
    factors = [f["code"] for f in d["factors"]]
    for n, f in enumerate(d["factors"]):
        if f["code"] in factors[:n]:
            fail(path_at(w, "factors[%d].code" % n), "expected a factor that is not there yet, found %s" % f["code"])
        expect(path_at(w, "factors[%d].per" % n), f["per"], ("each", "home", "building"), "way of counting")
        if f["weight"] <= 0:
            fail(path_at(w, "factors[%d].weight" % n), "expected a weight above 0, found %s" % f["weight"])
    below = -1
    for n, band in enumerate(d["bands"]):
        last, limit = n == len(d["bands"]) - 1, band["up_to"]
        if (limit is None) != last:
            fail(path_at(w, "bands[%d].up_to" % n), "expected a limit for each band but the last, found %s" % limit)
        elif not last and limit <= below:
            fail(path_at(w, "bands[%d].up_to" % n), "expected a limit above that of the band before, found %s" % limit)
        below = below if limit is None else limit
        if band["code"] in [x["code"] for x in d["bands"][:n]]:
            fail(path_at(w, "bands[%d].code" % n), "expected a band that is not there yet, found %s" % band["code"])
    if d["bands"][-1]["code"] != "stop":
        fail(path_at(w, "bands[%d].code" % (len(d["bands"]) - 1)), "expected stop, the band above all others, found %s" % d["bands"][-1]["code"])
    for n, c in enumerate(d["always_stop"]):
        expect(path_at(w, "always_stop[%d]" % n), c, set(factors), "factor")
    expect(path_at(w, "gate.decided_by"), d["gate"]["decided_by"], {r["code"] for r in J["state_machines.json"]["roles"]}, "role")
    if not d["gate"]["level"] or set(d["gate"]["level"]) - {"home", "building"}:
        fail(path_at(w, "gate.level"), "expected home or building, or both, found %s" % d["gate"]["level"])


def check_figures():
    w = "kpis.json"
    questions, seen = codes("surveys.csv", "question_id"), set()
    for n, k in enumerate(J[w]["kpis"]):
        def here(key):
            return path_at(w, "kpis[%d].%s" % (n, key))
        if k["code"] in seen:
            fail(here("code"), "expected a figure that is not there yet, found %s" % k["code"])
        seen.add(k["code"])
        expect(here("period"), k["period"], {"month", "moment", "batch"}, "period")
        expect(here("level"), k["level"], {"project"}, "level")
        expect(here("unit"), k["unit"], {"percent", "number", "score_1_5", "points", "stars", "counts", "seconds"}, "unit")
        for side in ("numerator", "denominator"):
            if k["unit"] == "percent" and not k[side]:
                fail(here(side), "expected both sides of a share, found nothing")
        for key in ("questions", "beside"):
            for i, q in enumerate(k.get(key, [])):
                expect(here("%s[%d]" % (key, i)), q, questions, "question")
