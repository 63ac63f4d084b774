"""Sees that mistakes are found."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from .places import HERE

PLACED = re.compile(r"^ - [a-zA-Z_.]+, line \d+[,:] .*expected ")
BROKEN = [  # file, what stands there, what is put in its place, what is said
    ("visit_scripts.csv", "move_in_v1,agree,always", "move_in_v1,act,satisfied", "line 11, part_code: expected a script with the parts tone, explore, agree, act, confirm, found tone, explore, act, confirm"),
    ("visit_scripts.csv", "revisit_v1,agree,satisfied", "revisit_v1,agree,pleased", "line 24, when: expected a known when, found pleased"),
    ("surveys.csv", "handover-2,handover", "handover-1,handover", "line 15, question_id: expected a key that no earlier row has"),
    ("surveys.csv", "TXT,0,,,交付调查", "TXT,1,,,交付调查", "line 19, required: expected at most 5 required questions in handover, found 6"),
    ("surveys.csv", "yes|no,,0,TXT,yes", "yes|no,,0,TXT,maybe", "line 13, follow_up_on: expected any, or one of option_codes"),
    ("delivery_risk.json", '"up_to": 49', '"up_to": 19', "line 18, bands[1].up_to: expected a limit above that of the band before, found 19"),
    ("delivery_risk.json", '"decided_by": "manager"', '"decided_by": "boss"', "line 22, gate.decided_by: expected a known role, found boss"),
    ("kpis.json", '"y1-5"', '"y1-55"', "kpis[24].questions[0]: expected a known question, found y1-55"),
    ("state_machines.json", '"verifier_not_repairer"\n', '"verifier_is_fine"\n', "guards[0]: expected a known guard, found verifier_is_fine"),
    ("state_machines.json", '"roles": [\n            "reviewer",', '"roles": [\n            "boss",', "roles[0]: expected a known role, found boss"),
    ("task_rules.csv", "tr-channels,", "tr-disclosure,", "line 3, rule_code: expected a key that no earlier row has"),
    ("task_rules.csv", "7d,ambassador,,,sign", "7d,astronaut,,,sign", "line 4, role: expected a known role, found astronaut"),
    ("task_rules.csv", "weekly_until_closed", "now_and_then", "line 23, repeat: expected a known repeat, found now_and_then"),
    ("task_rules.csv", "moved_in+12mo,handover+12mo,14d", "moved_in+12mo,moved_in+6mo,14d", "line 15, fallback_trigger: expected another event than that of the trigger"),
    ("event_prep.csv", "7,manager,50", "7,nobody,50", "line 6, role: expected a known role, found nobody"),
    ("journey_steps.csv", "moved_in+3mo", "moved_in+4mo", "line 6, trigger: expected a known trigger"),
    ("warranty_rules.json", '"cn_delivery_example"', '"cn_national_contractor_example"', "line 205, profiles[1].code: expected a code that is not there yet"),
    ("warranty_rules.json", '"start": "11-15"', '"start": "02-29"', "line 78, season_rules.example_seasons[0].start: expected a day that every year has"),
    ("warranty_rules.json", '"valid_from": null', '"valid_from": "2026-02-30"', "line 129, profiles[0].valid_from: expected a date or null, found 2026-02-30"),
    ("complaint_profiles.json", '"after": null', '"after": "finish"', "line 97, profiles[1].steps[0].after: expected an earlier step of this profile"),
    ("complaint_profiles.json", '"to_role": "manager"', '"to_role": "mayor"', "line 229, escalation[1].to_role: expected a known role, found mayor"),
    ("complaint_profiles.json", '"13:30"', '"13:60"', "line 81, profiles[1].calendar.working_hours[1][0]: expected a time of day"),
    ("complaint_profiles.json", '"met_by": ["triage"', '"met_by": ["tidy_up"', "line 35, profiles[0].steps[0].met_by[0]: expected a known event of a case or complaint, found tidy_up"),
    ("complaint_profiles.json", '"Asia/Shanghai"', '"Asia/Atlantis"', "line 85, profiles[1].calendar.time_zone: expected the name of a time zone"),
    ("complaint_profiles.json", '"code": "safety"', '"code": "panic"', "line 193, quiet_hours.exempt[1].code: expected a known code of this group of answer_codes.csv, found panic"),
    ("patrols.json", '"fitout_patrol"', '"night_watch"', "line 19, inspection_kinds[1]: expected a known inspection_kind of answer_codes.csv, found night_watch"),
    ("patrols.json", '"start": "09:30"', '"start": "9:30"', "line 16, rounds[0].start: expected a time of day"),
    ("patrols.json", '"start": "15:00"', '"start": "10:00"', "line 17, rounds[1].start: expected rounds that rise and do not overlap"),
    ("moments.csv", "change_notice,,50", "change_note,,50", "line 6, held_in: expected a known document kind, found change_note"),
    # What cannot be read, or is of another kind than expected.
    ("trades.csv", "结构,structure", '结"构,"structure', "line 2: expected"),
    ("trades.csv", ",contractor,10", ",contractor", "line 2: expected 5 cells, as the header has, found 4"),
    ("trades.csv", ",contractor,10", ",contractor,ten", "line 2, order: expected a whole number, found ten"),
    ("trades.csv", "trade_code,zh", "trade,zh", "line 1: expected a column trade_code, found none"),
    ("rooms.csv", "\n", "\r\n", "line 1: expected LF at line ends, found CR"),
    ("tolerances.csv", "max,4,,mm", "max,one,,mm", "line 2, value: expected a number, found one"),
    ("tolerances.csv", "max,4,,mm", "most,4,,mm", "line 2, comparator: expected a known comparator, found most"),
    ("tolerances.csv", "max,4,,mm", "max,4,5,mm", "line 2, value2: expected a second value exactly for the comparator between, found 5"),
    ("kpis.json", '"format":', '"format"', "line 2: expected JSON, found at column"),
    ("kpis.json", '"format":', '"format": "kpis/1", "format":', "line 2: expected each name once in an object, found format twice"),
    ("delivery_risk.json", '"weight": 20', '"weight": "twenty"', ".weight: expected a whole number, found twenty"),
    ("delivery_risk.json", '"decided_by"', '"decides"', "line 22, gate: expected decided_by, found"),
    ("checklist_readings.csv", "keys,钥匙,Keys,pcs,1,", "keys,钥匙,Keys,pcs,one,", "line 2, count: expected a whole number, found one"),
    ("checklist_readings.csv", "doc-06,keys", "doc-66,keys", "line 2, item_code: expected an item of the template handover_fitout_v1, found doc-66"),
    # Templates, machines, vectors, the demo project.
    ("template_subsets.json", '"doc-01","doc-02"', '"doc-01","doc-99"', "line 5, subsets[0].items[1]: expected a known item, found doc-99"),
    ("template_subsets.json", '"doc-01","doc-02"', '"doc-02","doc-01"', "line 5, subsets[0].items[1]: expected items in the order of the base, found doc-01"),
    ("template_subsets.json", '"wall_plaster.flat"', '"wall_plaster.flatt"', "line 10, subsets[0].tolerance_rule.gen-03: expected a rule that fits the one reading of gen-03"),
    ("template_subsets.json", '"tool_code": "sounding_hammer"', '"tool_code": "saw"', "line 15, subsets[0].added_items[0].tool_code: expected a known tool, found saw"),
    ("template_subsets.json", '"base": "handover_fitout_v1"', '"base": "handover_v9"', "line 4, subsets[0].base: expected a known template, found handover_v9"),
    ("state_machines.json", '"code": "person_named"', '"code": "photo_or_reason"', "guards[3].code: expected a code that is not there yet, found photo_or_reason"),
    ("state_machines.json", '"initial": "recorded"', '"initial": "begun"', "line 290, machines[0].initial: expected a known state of the machine, found begun"),
    ("vectors.json", '"rule": "tolerance.verdict"', '"rule": "tolerance.guess"', ".rule: expected a known rule, found tolerance.guess"),
    ("vectors.json", '"value": 3.0, "verdict": "ok"', '"value": 3.5, "verdict": "ok"', "line 9, vectors[4].expected: expected {'value': 3.0, 'verdict': 'ok'}, as the rule computes tolerance-03"),
    ("demo_project.json", '"date":"2026-12-04"', '"date":"2026-12-34"', "line 239, handover_plan[0].date: expected a date, found 2026-12-34"),
    ("demo_project.json", '"date":"2026-12-04"', '"date":"2026-12-05"', "line 239, handover_plan[0].weekend: expected True"),
    ("demo_project.json", '"engineer":"', '"engineer":"nobody-', ".engineer: expected a person of the staff with the role engineer, found nobody-"),
    ("demo_project.json", '"comes_on_day":1', '"comes_on_day":11', ".comes_on_day: expected a known day of handover_plan, found 11"),
    ("demo_project.json", '"+86 000 ', '"+86 139 ', ".phone: expected a number that is clearly fake"),
    ("demo_project.json", '"zh":"', '"zh":"\u4e00', "expected what make_demo_project.py writes"),
]


def broken():
    """Breaks a copy of the folder in one way after the other, and sees that each is reported with file and line."""
    missed = 0
    for name, old, new, said in BROKEN:
        with tempfile.TemporaryDirectory() as tmp:
            folder = os.path.join(tmp, "data")
            shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
            text = open(os.path.join(HERE, name), encoding="utf-8", newline="").read()
            if text.count(old) < 1:
                raise SystemExit("%s has no %s" % (name, old))
            with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
                f.write(text.replace(old, new, 1))
            run = subprocess.run([sys.executable, os.path.join(folder, "check.py")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        out = run.stdout.decode("utf-8")
        lines = [x for x in out.splitlines() if x.startswith(" - " + name) and said in x]
        unplaced = [x for x in out.splitlines() if x.startswith(" - ") and not PLACED.match(x)]
        if run.returncode != 1 or not lines or unplaced or run.stderr:
            missed += 1
            print("not reported: %s, %s -> %s\n%s" % (name, old, new, out[out.find("problems"):] + run.stderr.decode("utf-8")))
    print("%d mistakes, %d not reported" % (len(BROKEN), missed))
    return 1 if missed else 0
