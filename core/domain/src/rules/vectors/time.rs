//! Days, periods, clocks and what is due.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, SecondsFormat};
use serde_json::{Map, Value, json};

use super::{Rule, catalog, text};
use crate::catalog::{
    Calendar, CountFrom, Lag, Period, PeriodUnit, QuietPeriod, Season, StartEvent, TaskRule, WarrantyRule,
};
use crate::document::{EntryView, Written};
use crate::ids::Hash;
use crate::record::common::{facts, neutral};
use crate::record::promises::{self, NewPromise};
use crate::record::tests::{make, phone};
use crate::record::{Marks, Stamp, Who};
use crate::rules::*;

pub(super) const RULES: &[(&str, Rule)] = &[
    ("date.add_period", add_period),
    ("warranty.last_day", |i| json!({"last_day": law_last_day(i)})),
    ("warranty.parts_last_day", parts_last_day),
    ("warranty.season_last_day", season),
    ("warranty.longer_governs", longer_governs),
    ("warranty.ended_components", ended_components),
    ("warranty.within_six_months", within_six_months),
    ("complaint.calendar_clock", calendar_clock),
    ("complaint.working_clock", working_clock),
    ("revisit.due", revisit),
    ("quiet_hours.check", quiet_check),
    ("defect.reassignments", reassignments),
    ("dispatch.acknowledged", acknowledged),
    ("promise.kept", promise_kept),
    ("patrol.on_time", patrol),
    ("task.open", task_open),
    ("task.replan", task_replan),
    ("task.occurrences", task_occurrences),
];

fn day(input: &Value, key: &str) -> NaiveDate {
    text(input, key).parse().unwrap()
}

fn maybe_day(input: &Value, key: &str) -> Option<NaiveDate> {
    input[key].as_str().map(|text| text.parse().unwrap())
}

fn number(input: &Value, key: &str) -> u32 {
    input[key].as_u64().unwrap().try_into().unwrap()
}

fn moment(text: &str) -> i64 {
    DateTime::<FixedOffset>::parse_from_rfc3339(text)
        .unwrap()
        .timestamp_millis()
}

/// As Shanghai writes a moment: all vectors are set there.
fn told(at_ms: i64) -> Value {
    let at = DateTime::from_timestamp_millis(at_ms).unwrap();
    let there = at.with_timezone(&FixedOffset::east_opt(8 * 3600).unwrap());
    there.to_rfc3339_opts(SecondsFormat::Secs, false).into()
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn days(input: &Value) -> Vec<NaiveDate> {
    let listed = input.as_array().into_iter().flatten();
    listed.map(|day| day.as_str().unwrap().parse().unwrap()).collect()
}

fn calendar(input: &Value) -> ProjectCalendar {
    let weekend = input["weekend"].as_array().into_iter().flatten();
    let calendar = Calendar {
        weekend: weekend.map(|day| day.as_u64().unwrap().try_into().unwrap()).collect(),
        rest_days: days(&input["rest_days"]),
        workdays: days(&input["workdays"]),
    };
    ProjectCalendar::new(chrono_tz::Asia::Shanghai, &calendar)
}

fn a_season(value: &Value) -> Season {
    serde_json::from_value(value.clone()).unwrap()
}

fn count_from(input: &Value) -> CountFrom {
    serde_json::from_value(input["count_from"].clone()).unwrap()
}

fn with_terms<T>(input: &Value, ask: impl Fn(&Terms<'_>) -> T) -> T {
    let calendar = calendar(input);
    let seasons = input["seasons"].as_object();
    ask(&Terms {
        profile: catalog().warranty.profile(text(input, "profile")).unwrap(),
        starts: Starts {
            completion_acceptance: maybe_day(input, "completion_acceptance"),
            delivery: maybe_day(input, "delivery"),
        },
        design_life_years: input
            .get("design_life_years")
            .map(|_| number(input, "design_life_years")),
        seasons: seasons
            .into_iter()
            .flatten()
            .map(|(code, s)| (code.clone(), a_season(s)))
            .collect(),
        count_from: input
            .get("count_from")
            .map_or(CountFrom::FirstFullSeason, |_| count_from(input)),
        clauses: Vec::new(),
        clauses_start: StartEvent::Delivery,
        calendar: &calendar,
    })
}

fn rule_of<'a>(terms: &Terms<'a>, input: &Value) -> &'a WarrantyRule {
    terms.profile.rule(text(input, "component_class")).unwrap()
}

fn law_last_day(input: &Value) -> Option<NaiveDate> {
    with_terms(input, |terms| terms.last_day(rule_of(terms, input), None))
}

fn add_period(input: &Value) -> Value {
    let n = number(input, "value");
    let lag = match text(input, "unit") {
        "years" => Lag::Years(n),
        _ => Lag::Months(n),
    };
    json!({"last_day": add_lag(day(input, "start"), lag)})
}

fn parts_last_day(input: &Value) -> Value {
    let repair = |r: &Value| Repair {
        part: text(r, "part").to_owned(),
        accepted_on: maybe_day(r, "accepted_on"),
        ended_on: maybe_day(r, "ended_on"),
    };
    let repairs: Vec<_> = input["repairs"].as_array().unwrap().iter().map(repair).collect();
    let parts = input["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part.as_str().unwrap());
    with_terms(input, |terms| {
        let last = |part: &str| terms.part_last_day(rule_of(terms, input), None, part, &repairs);
        parts
            .clone()
            .map(|part| (part.to_owned(), json!(last(part))))
            .collect::<Map<_, _>>()
            .into()
    })
}

fn season(input: &Value) -> Value {
    let count = number(input, "count");
    json!({"last_day": season_last_day(day(input, "start"), a_season(&input["season"]), count, count_from(input))})
}

fn longer_governs(input: &Value) -> Value {
    let clause = &input["clause"];
    let start: StartEvent = serde_json::from_value(clause["start_event"].clone()).unwrap();
    let period = Period {
        unit: serde_json::from_value::<PeriodUnit>(clause["unit"].clone()).unwrap(),
        value: Some(number(clause, "value")),
        value_from: None,
    };
    let contract = with_terms(input, |terms| {
        terms.last_day_from(period, None, terms.starts.day(start)?)
    });
    let law = law_last_day(input);
    let (governs, last) = longer(law, contract);
    let covered = last.is_some_and(|last| day(input, "asked_on") <= last);
    json!({"law_last_day": law, "clause_last_day": contract, "governs": governs.as_str(), "covered": covered})
}

fn ended_components(input: &Value) -> Value {
    with_terms(input, |terms| {
        let dated: Vec<_> = terms
            .components()
            .into_iter()
            .filter(|c| c.last_day.is_some())
            .collect();
        let last_days: Map<_, _> = dated.iter().map(|c| (c.code.clone(), json!(c.last_day))).collect();
        let ended = dated
            .iter()
            .filter(|c| c.ended(day(input, "today")))
            .map(|c| c.code.as_str());
        json!({"last_days": last_days, "ended": ended.collect::<Vec<_>>()})
    })
}

fn within_six_months(input: &Value) -> Value {
    json!({"within": found_early(&catalog().warranty, day(input, "received"), day(input, "found"))})
}

fn calendar_clock(input: &Value) -> Value {
    let calendar = calendar(input);
    let received = calendar.moment(day(input, "received_on").and_time(time("23:59")));
    let profile = catalog().complaints.profile(text(input, "profile")).unwrap();
    let clock = complaint_clock(profile, received, &calendar).unwrap();
    let steps = clock
        .steps
        .iter()
        .map(|s| (s.code.to_string(), json!(calendar.day_of(s.due_ms))));
    let start = ("start".to_owned(), json!(clock.start));
    std::iter::once(start).chain(steps).collect::<Map<_, _>>().into()
}

fn working_clock(input: &Value) -> Value {
    let profile = catalog().complaints.profile(text(input, "profile")).unwrap();
    let clock = complaint_clock(profile, moment(text(input, "received_at")), &calendar(input)).unwrap();
    let steps = clock.steps.iter().map(|s| (s.code.to_string(), told(s.due_ms)));
    steps.collect::<Map<_, _>>().into()
}

fn revisit(input: &Value) -> Value {
    let rules = &catalog().complaints;
    let due = revisit_due(
        rules,
        moment(text(input, "event_at")),
        &rules.quiet_hours.periods,
        &calendar(input),
    );
    json!({"due": told(due.due_ms), "last_contact_before": told(due.last_contact_before_ms.unwrap())})
}

fn quiet_check(input: &Value) -> Value {
    let own: Option<Vec<QuietPeriod>> = serde_json::from_value(input["owner_hours"].clone()).unwrap();
    let periods = quiet_periods(&catalog().complaints.quiet_hours, None, own.as_deref());
    let safety = input["safety"].as_bool().unwrap_or_default();
    let found = may_call(periods, &calendar(input), moment(text(input, "at")), safety);
    json!({"allowed": found.allowed, "next_allowed": found.next_allowed_ms.map(told)})
}

/// An event that carries everything that guards ask for but what the vector says itself.
fn event(n: usize, name: &str, told: &[(&str, crate::Value)]) -> EntryView {
    let after = n.checked_sub(1).map(|n| format!("e{n}")).unwrap_or_default();
    let facts = [
        ("type", name),
        ("role", "reviewer"),
        ("after", &after),
        ("by", "me"),
        ("room", "r01"),
        ("code", "wl-01"),
    ];
    let facts = facts.iter().map(|(key, value)| (*key, crate::Value::from(*value)));
    EntryView {
        key: format!("e{n}"),
        fields: facts
            .chain([("photo", "h".into())])
            .chain(told.iter().map(|(key, value)| (*key, value.clone())))
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
        made: Written {
            author: None,
            at_ms: 0,
            change: Hash::of(name.as_bytes()),
        },
    }
}

fn reassignments(input: &Value) -> Value {
    let mut events = vec![event(0, "submit", &[])];
    for (n, told) in input["events"].as_array().unwrap().iter().enumerate() {
        let word = |key: &str| told[key].as_str().unwrap_or_default().into();
        let owner_told = crate::Value::Bool(told["owner_told"].as_bool().unwrap_or_default());
        let facts = [
            ("role", "manager".into()),
            ("person", word("person")),
            ("reason", word("reason")),
            ("owner_told", owner_told),
        ];
        events.push(event(n + 1, text(told, "event"), &facts));
    }
    let machine = catalog().machines.get("defect").unwrap();
    let found = responsible(&crate::events::fold(machine, events, &|_| false));
    let place = |id: &String| id[1..].parse::<usize>().unwrap() - 1;
    json!({"engineer": found.engineer, "reassign_count": found.reassign_count, "history": found.history,
           "flagged": found.flagged.iter().map(place).collect::<Vec<_>>()})
}

fn acknowledged(input: &Value) -> Value {
    let target = catalog()
        .complaints
        .target(text(input, "severity").parse().unwrap())
        .unwrap();
    let at = |key: &str| input[key].as_str().map(moment);
    json!({"in_time": acknowledged_in_time(target, at("dispatched_at").unwrap(), at("acknowledged_at"), at("promise_at"))})
}

/// A promise lives in its record: it is made, moved and kept there, as on a phone.
fn promise_kept(input: &Value) -> Value {
    let mut record = phone(1, "visit");
    let who = Who {
        user: crate::UserId::from_bytes([1; 16]),
        role: "ambassador".into(),
    };
    let stamp = |at_ms: i64, key: &str| Stamp {
        at_ms,
        key: key.to_owned(),
    };
    let first = moment(text(input, "first_due"));
    let new = NewPromise {
        what: "送钥匙".into(),
        due_ms: first,
        ..NewPromise::default()
    };
    let made = promises::make(&record, &new, &who, &stamp(first - 9, "p")).unwrap();
    make(&mut record, &[made]);
    for (n, moved) in input["moves"].as_array().unwrap().iter().enumerate() {
        let carries = facts([
            ("promise", "p".into()),
            ("due", moment(text(moved, "to")).into()),
            (
                "owner_agreed",
                crate::Value::Bool(moved["owner_agreed"].as_bool().unwrap()),
            ),
            ("reason", "配件未到".into()),
        ]);
        let heads = record.heads();
        let at = stamp(first - 8, &format!("m{n}"));
        let write = neutral(&record, &heads, "promise_move", carries, &who, &at).unwrap();
        make(&mut record, &[write]);
    }
    let proof = facts([("proof_photo", "h".into())]);
    let (heads, at) = (record.heads(), stamp(moment(text(input, "kept_at")), "k"));
    let kept = promises::keep(&record, &heads, "p", proof, &who, &at).unwrap();
    make(&mut record, &[kept]);
    let found = promises::find(&record, "p", &Marks::default()).unwrap();
    json!({"state": found.life.state, "counted_due": told(found.due_ms)})
}

fn patrol(input: &Value) -> Value {
    let patrols = &catalog().patrols;
    let round = patrols.round(text(input, "round")).unwrap();
    let (started, ended) = (time(text(input, "started")), time(text(input, "ended")));
    let missing = input["points_missing"].as_u64().unwrap().try_into().unwrap();
    let kept = round_kept(patrols, round, started, ended, missing, text(input, "reason"));
    let mut out = json!({"on_time": kept.on_time});
    if kept.exception {
        out["exception"] = true.into();
    }
    out
}

fn task_rule(input: &Value) -> &'static TaskRule {
    &catalog().task_rules[text(input, "rule_code")]
}

fn opened(input: &Value) -> Option<Opening> {
    open_task(task_rule(input), |event| maybe_day(input, event))
}

fn task_open(input: &Value) -> Value {
    let Some(found) = opened(input) else {
        return json!({"opens_on": null});
    };
    let mut out = json!({"opens_on": found.opens_on, "due": found.due, "anchor": found.anchor});
    if task_rule(input).scope.is_for_many() {
        out["count"] = occurrences(task_rule(input), &found, found.opens_on, None).len().into();
    }
    out
}

fn task_replan(input: &Value) -> Value {
    let begun = text(input, "state") != "planned";
    match replan_task(begun, day(input, "opened_on"), opened(input)) {
        Replan::Kept => json!({"action": "kept"}),
        Replan::Moved(to) => json!({"opens_on": to.opens_on, "due": to.due, "action": "moved"}),
    }
}

fn task_occurrences(input: &Value) -> Value {
    let first = opened(input).unwrap();
    let all = occurrences(task_rule(input), &first, day(input, "until"), maybe_day(input, "ends"));
    json!({"tasks": all.iter().map(|o| json!([o.opens_on, o.due])).collect::<Vec<_>>()})
}
