"""What stands where in a file, so that no later check meets a word where it counts with a number."""
from .expect import is_date, wrong
from .files import J, T

TEXT, WHOLE, YES_NO, DATE = "a text", "a whole number", "true or false", "a date"
NONE = "null"
BOTH = {"zh": TEXT, "en": TEXT}
NAMED = {"code": TEXT, "zh": TEXT, "en": TEXT}
FEATURES, PERIODS = [TEXT], [[TEXT]]
LENGTH = {"unit": TEXT, "value": (WHOLE, NONE), "value_from?": TEXT}

# A name with ? may be absent; a tuple is a choice; [x] is a list of x; {"*": x} has any names.
SHAPES = {
    "warranty_rules.json": {
        "format": TEXT, "notice": BOTH, "class_codes": [TEXT], "restart_rule": BOTH,
        "date_rules": {"first_day_counted": YES_NO, "end_of_month": TEXT, "holiday_shift": TEXT, "day_ends": TEXT, "time_zone": TEXT, "prose": [BOTH],
                       "marks": [dict(NAMED, months=WHOLE, component_classes=[TEXT], **{"from": TEXT})]},
        "season_rules": {"count_from": TEXT, "allowed": [TEXT], "example_seasons": [dict(NAMED, start=TEXT, end=TEXT)], "prose": BOTH},
        "restart_events": [NAMED], "start_events": [NAMED],
        "profiles": [dict(NAMED, status=TEXT, confirmed=YES_NO, valid_from=(DATE, NONE), valid_to=(DATE, NONE), basis=TEXT, not_stated_in_basis=[TEXT], note=BOTH, emergency_at_once=YES_NO,
                          rules=[dict(BOTH, component_class=TEXT, duration=LENGTH, start_event=TEXT, restart_from=(TEXT, NONE), on_site_duty_days=(WHOLE, NONE))])],
        "contract_clauses_example": {"status": TEXT, "note": BOTH, "start_event": TEXT, "clauses": [dict(NAMED, duration=LENGTH, defect_codes=[TEXT])]},
    },
    "state_machines.json": {
        "format": TEXT, "roles": [NAMED], "guards": [NAMED], "notes": [BOTH],
        "machines": [dict(NAMED, initial=TEXT, states=[dict(NAMED, kind=TEXT)],
                          transitions=[dict(BOTH, event=TEXT, to=(TEXT, NONE), roles=[TEXT], guards=[TEXT], effects=[TEXT], **{"from": [TEXT]})])],
    },
    "kpis.json": {
        "format": TEXT, "note": BOTH,
        "kpis": [dict(NAMED, unit=TEXT, numerator=TEXT, denominator=TEXT, definition=BOTH, period=TEXT, level=TEXT, **{"questions?": [TEXT], "beside?": [TEXT]})],
    },
    "vectors.json": {"format": TEXT, "notice?": BOTH, "note?": BOTH, "vectors": [{"id": TEXT, "rule": TEXT, "input": {"*": None}, "expected": {"*": None}, "note?": TEXT}]},
    "complaint_profiles.json": {
        "format": TEXT, "notice": BOTH, "default_profile": TEXT, "registered": BOTH, "working_time_rule": BOTH, "survey_questions_before_more": WHOLE,
        "profiles": [dict(NAMED, clock=TEXT, start=TEXT, note=BOTH,
                          steps=[dict(NAMED, **{"days?": WHOLE, "working_hours?": WHOLE, "working_days?": WHOLE, "after?": (TEXT, NONE), "met_by": [TEXT]})],
                          **{"business_days?": [WHOLE], "closing?": BOTH, "calendar?": {"working_days": [WHOLE], "working_hours": PERIODS, "time_zone": TEXT}})],
        "progress_update": dict(BOTH, every_days=WHOLE),
        "quiet_hours": {"time_zone": TEXT, "periods": PERIODS, "end_exclusive": YES_NO, "owner_request_overrides": YES_NO, "exempt": [{"group": TEXT, "code": TEXT}], "note": BOTH},
        "revisit": {"days": WHOLE, "due": TEXT, "events": [TEXT], "unreachable_tries": WHOLE, "unreachable_days": WHOLE},
        "first_contact": {"days": WHOLE, "event": TEXT},
        "escalation": [{"level": WHOLE, "at": TEXT, "to_role": TEXT, "action": BOTH, "receiver": (TEXT, NONE)}], "escalation_receivers": [NAMED],
        "unacknowledged": {"limit_from": TEXT, "then": TEXT},
        "major": {"cluster_min_homes": WHOLE, "first_person": TEXT, "needs": [TEXT], "third_party_possible": YES_NO}, "compensation": {"approvals": WHOLE},
        "defect_targets": [{"severity": TEXT, "contact_minutes": WHOLE, "visit_hours": (WHOLE, NONE), "plan_days": (WHOLE, NONE), "fix_days": (WHOLE, NONE), "note": BOTH}],
        "channels": [NAMED], "wanted_outcomes": [NAMED], "verdicts": [NAMED], "revisit_results": [NAMED],
    },
    "demo_project.json": {
        "format": TEXT, "notice": BOTH, "developer": NAMED,
        "project": dict(NAMED, city_zh=TEXT, city_en=TEXT, time_zone=TEXT, completion_acceptance=DATE, design_life_years=WHOLE, warranty_profile=TEXT, complaint_profile=TEXT,
                        tolerance_ruleset=TEXT, tolerance_grade=TEXT, template=TEXT, units=WHOLE),
        "not_for_sale": [dict(BOTH, no=TEXT)],
        "event": {"code": TEXT, "batch": WHOLE, "batches": WHOLE, "area_m2": WHOLE, "slots": [TEXT], "slot_minutes": WHOLE, "stations": [NAMED]},
        "calendar": {"weekend": [WHOLE], "rest_days": [DATE], "note": BOTH}, "duty_roster": [{"from": TEXT, "to": TEXT, "person": TEXT, "covers": TEXT}],
        "sales_promises": [dict(BOTH, unit=TEXT, by=DATE)], "disclosures": [NAMED], "crews": [dict(NAMED, head=TEXT, trades=[TEXT])],
        "layouts": [dict(NAMED, bedrooms=WHOLE, area_m2=WHOLE, features=FEATURES,
                         rooms=[dict(NAMED, kind=TEXT, windows=WHOLE, doors=WHOLE, width_mm=WHOLE, depth_mm=WHOLE, height_mm=WHOLE, features=FEATURES)])],
        "buildings": [dict(NAMED, entrances=WHOLE, floors=WHOLE, flats_per_floor=WHOLE, units=WHOLE)],
        "staff": [{"code": TEXT, "role": TEXT, "name_zh": TEXT, "name_en": TEXT, "title_zh": TEXT, "title_en": TEXT, "phone": TEXT}],
        "teams": [dict(NAMED, engineer=TEXT, ambassador=TEXT)], "public_places": [dict(NAMED, kind=TEXT, building=(TEXT, NONE), entrance=(WHOLE, NONE))],
        "handover_plan": [{"day": WHOLE, "date": DATE, "weekday_zh": TEXT, "weekday_en": TEXT, "weekend": YES_NO, "noticed_units": WHOLE, "forecast_units": WHOLE, "team_count": WHOLE,
                           "teams": [TEXT], "slot_capacity": WHOLE}],
        "units": [{"no": TEXT, "building": TEXT, "entrance": WHOLE, "floor": WHOLE, "layout": TEXT, "day": WHOLE, "slot": WHOLE, "team": TEXT, "comes_on_day": WHOLE}],
        "households": [{"code": TEXT, "unit": TEXT, "name_zh": TEXT, "name_en": TEXT, "phone": TEXT, "language": TEXT, "ambassador": TEXT, "people": [{"relation": TEXT}],
                        "quiet_hours": (PERIODS, NONE)}],
    },
    "delivery_risk.json": {
        "format": TEXT, "notice": BOTH, "factors": [dict(NAMED, per=TEXT, weight=WHOLE)], "bands": [dict(NAMED, up_to=(WHOLE, NONE))], "always_stop": [TEXT],
        "gate": {"level": [TEXT], "decided_by": TEXT, "reason_required": YES_NO, "snapshot": YES_NO},
    },
    "patrols.json": {
        "format": TEXT, "notice": BOTH, "arrive_before_shift_minutes": WHOLE, "arrive_reads": BOTH, "briefing": {"before_shift_minutes": WHOLE, "not_in_rain": YES_NO, "agenda": [NAMED]},
        "rounds": [dict(NAMED, start=TEXT, end=TEXT)], "inspection_kinds": [TEXT], "start_place": TEXT, "end_place": TEXT, "tolerance_minutes": WHOLE, "exception_needs_reason": YES_NO, "template_id": TEXT,
        "areas": [dict(NAMED, rooms=[TEXT])], "log": {"filled_by": TEXT, "remark_by": TEXT, "read_stamp": YES_NO, "daily_close": TEXT},
        "home_visit_forms": {"read_by": TEXT, "every": TEXT, "then": TEXT},
    },
    "template_subsets.json": {
        "format": TEXT,
        "subsets": [dict(BOTH, template_id=TEXT, base=TEXT, items=[TEXT], tolerance_rule={"*": TEXT},
                         added_items=[dict(BOTH, item_code=TEXT, section_code=TEXT, room_kinds=TEXT, method_zh=TEXT, method_en=TEXT, ok_when_zh=TEXT, ok_when_en=TEXT, tool_code=TEXT, input=TEXT,
                                           unit=TEXT, must_test=WHOLE, photo_required=WHOLE, default_defect_code=TEXT, only_if=TEXT,
                                           readings=[dict(NAMED, unit=TEXT, count=WHOLE, rule=TEXT)])])],
    },
}

WHOLE_COLUMNS = {"event_prep.csv": ("days_before",), "surveys.csv": ("required",), "checklists.csv": ("must_test",), "checklist_readings.csv": ("count",)}
NUMBERS = {"tolerances.csv": ("value", "value2")}


def fits(value, shape):
    """A list or an object is looked into later."""
    if isinstance(shape, tuple):
        return any(fits(value, s) for s in shape)
    if isinstance(shape, (list, dict)):
        return isinstance(value, type(shape))
    return {TEXT: isinstance(value, str), WHOLE: type(value) is int, YES_NO: isinstance(value, bool), NONE: value is None, DATE: isinstance(value, str) and is_date(value)}.get(shape, True)


def named(shape):
    if isinstance(shape, tuple):
        return " or ".join(named(s) for s in shape)
    return "a list" if isinstance(shape, list) else "an object" if isinstance(shape, dict) else shape


def look(node, key, shape):
    value = node[key]
    if not fits(value, shape):
        return wrong(node, key, named(shape))
    for s in shape if isinstance(shape, tuple) else (shape,):
        if isinstance(s, list) and isinstance(value, list):
            for n in range(len(value)):
                look(value, n, s[0])
        elif isinstance(s, dict) and isinstance(value, dict):
            look_into(value, s)


def look_into(node, shape):
    rest = shape.get("*", False)
    for key, s in shape.items():
        if key != "*" and (not key.endswith("?") or key[:-1] in node):
            node.need(key.rstrip("?")) and look(node, key.rstrip("?"), s)
    for key in node:
        if rest is not False:
            look(node, key, rest)
        elif key not in shape and key + "?" not in shape:
            wrong(node, key, "one of the names %s" % ", ".join(sorted(k.rstrip("?") for k in shape)), key)


def is_number(text):
    try:
        return abs(float(text)) < 1e9
    except ValueError:
        return False


def check_shapes():
    for name, shape in SHAPES.items():
        look_into(J[name], shape)
    for name, rows in T.items():
        for row in rows:
            for column in ("order",) + WHOLE_COLUMNS.get(name, ()):
                if not row[column].isascii() or not row[column].isdigit():
                    wrong(row, column, "a whole number")
            for column in NUMBERS.get(name, ()):
                if not is_number(row[column]) and (row[column] or column == "value"):
                    wrong(row, column, "a number")
