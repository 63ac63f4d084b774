"""Reference functions: shares, means, surveys, delivery risk."""
from .files import J, T


def rounded(part, whole, factor, step):
    """factor * part / whole to one step-th, halves away from zero; whole numbers until the end."""
    if whole <= 0:
        return None
    doubled = part * factor * step * 2
    return (abs(doubled) + whole) // (whole * 2) * (1 if doubled >= 0 else -1) / step


def percent(part, whole):
    return rounded(part, whole, 100, 10)


def mean(total, n):
    return rounded(total, n, 1, 100)


def scored(answers):
    return [a for a in answers if a is not None]


def stars(i):
    valid = i["replies"] - i["blank"]
    if not valid:
        return {"valid": 0, "share_percent": None, "stars": None}
    return {"valid": valid, "share_percent": percent(i["yes"], valid), "stars": sum(100 * i["yes"] >= limit * valid for limit in (90, 80, 70, 60, 50))}


def satisfaction(i):
    x = scored(i["answers"])
    return {"valid": len(x), "share_percent": percent(sum(a >= 4 for a in x), len(x)), "mean": mean(sum(x), len(x)), "few_answers": len(x) < 30}


def recommend(i):
    x = scored(i["answers"])
    return {"valid": len(x), "score": percent(sum(a >= 9 for a in x) - sum(a <= 6 for a in x), len(x))}


def expectation(i):
    x = scored(i["answers"])
    return {"valid": len(x), "index": mean(sum(x), len(x))}


def first_pass(i):
    passed = sum(not set(u) & {"A", "B", "C"} for u in i["units"])
    return {"passed": passed, "inspected": len(i["units"]), "percent": percent(passed, len(i["units"]))}


def response_rate(i):
    return {"percent": percent(i["answered"], i["due"])}


def before_more(i):
    rows = [r for r in T["surveys.csv"] if r["survey_id"] == i["survey"]]
    return {"first": [r["question_id"] for r in rows if r["required"] == "1"], "more": [r["question_id"] for r in rows if r["required"] == "0"]}


def assess(home):
    d = J["delivery_risk.json"]
    score = sum(f["weight"] * (home.get(f["code"], 0) if f["per"] == "each" else bool(home.get(f["code"]))) for f in d["factors"])
    band = next(b["code"] for b in d["bands"] if b["up_to"] is None or score <= b["up_to"])
    return {"score": score, "band": "stop" if any(home.get(c) for c in d["always_stop"]) else band}


def delivery_gate(i):
    """A manager opens what is not stopped, with a reason; the decision covers what it was made upon and nothing that came later."""
    d, home, decision = J["delivery_risk.json"], i["home"], i["decision"]
    band = assess(home)["band"]
    if decision:
        if decision["role"] != d["gate"]["decided_by"]:
            return {"refused": "role"}
        if not decision["reason"].strip():
            return {"refused": "reason"}
        if decision["open"] and assess(decision["upon"])["band"] == "stop":
            return {"refused": "stop"}
    if band == "stop" or decision and not decision["open"]:
        return {"gate": "shut"}
    if band == d["bands"][0]["code"]:
        return {"gate": "open"}
    if not decision:
        return {"gate": "waiting"}
    return {"gate": "open" if all(n <= decision["upon"].get(c, 0) for c, n in home.items()) else "outdated"}
