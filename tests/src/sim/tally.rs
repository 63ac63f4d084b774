//! How often each fault and each outcome occurred. In a long run none of them may be missing: a simulator that never
//! lets a phone die proves nothing about phones that die.

use std::collections::BTreeMap;

/// What must occur in a long run.
pub const EXPECTED: &[&str] = &[
    // Faults
    "fault: request lost",
    "fault: request late",
    "fault: request reordered",
    "fault: request repeated",
    "fault: reply lost",
    "fault: captive portal",
    "fault: entry injected",
    "fault: killed before a commit",
    "fault: killed after a commit",
    "fault: disk full",
    "fault: clock jumped",
    "fault: server clock jumped",
    "fault: phone restarted",
    "fault: phone copied and run twice",
    "fault: phone restored from a copy",
    "fault: phone lost",
    "fault: server restarted",
    "fault: server restored raw",
    "fault: server restored with a new epoch",
    "fault: grant",
    "fault: revoke",
    "fault: role changed",
    "fault: device withdrawn",
    "fault: purge",
    "fault: subject erased",
    "fault: hostile change",
    // What people did
    "edit: answer",
    "edit: reading",
    "edit: bulk ok",
    "edit: remark",
    "edit: photo",
    "edit: caption",
    "edit: present",
    "edit: count",
    "edit: demonstrated",
    "edit: settle",
    "edit: checked",
    "edit: remove",
    "edit: sign",
    "edit: after signing",
    "edit: defect",
    "edit: severity",
    "edit: pin",
    "edit: describe",
    "edit: submit",
    "edit: event",
    "edit: promise",
    "edit: report",
    "edit: case",
    "edit: visit",
    "edit: survey",
    "edit: said",
    "edit: tag",
    "edit: person",
    "edit: case with a caller",
    "edit: person changed",
    "edit: quiet hours",
    "edit: contact",
    "edit: move out",
    "edit: appointment",
    "edit: sales promise",
    "edit: notice",
    "edit: proof of a notice",
    "edit: risk decided",
    "edit: day of the journey",
    "edit: collision settled",
    "edit: task closed",
    "edit: household looked after",
    "edit: from an old screen",
    "edit: where one may not",
    "edit: lift mark",
    // Outcomes
    "outcome: received",
    "outcome: duplicate",
    "outcome: missing deps",
    "outcome: forked actor",
    "outcome: blocked",
    "outcome: quarantined",
    "outcome: purged",
    "outcome: contested",
    "outcome: made again under a new actor",
    "outcome: rewound",
    "outcome: wanted",
    "outcome: relayed",
    "outcome: audited",
    "outcome: needed",
    "outcome: snapshot",
    "outcome: marked late",
    "outcome: marked role",
    "outcome: mark lifted",
    "outcome: in backup",
    "outcome: refused by a phone's gate",
    "outcome: sums agreed",
    "outcome: more than one page",
    "outcome: new phone",
    "outcome: equal intents",
    "outcome: inspection sync",
    "outcome: inspection review",
    "outcome: inspection lock",
    "outcome: inspection supersede",
    "intent: task_close done",
    "intent: refused, erased",
    "intent: person_put done",
    "intent: person_change done",
    "intent: household_change done",
    "intent: contact_log done",
    "intent: move_out done",
    "intent: promise_event done",
    "intent: notice_put done",
    "intent: notice_event done",
    "intent: risk_decide done",
    "intent: milestone_set done",
    "intent: appointment_put done",
    "intent: collision_settle done",
    "intent: refused, collides",
];

/// Counts by name.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// Counts one.
    pub fn one(&mut self, name: &str) {
        self.add(name, 1);
    }

    /// Counts several.
    pub fn add(&mut self, name: &str, n: u64) {
        if n > 0 {
            *self.0.entry(name.to_owned()).or_default() += n;
        }
    }

    /// Adds another tally.
    pub fn join(&mut self, other: &Self) {
        for (name, n) in &other.0 {
            self.add(name, *n);
        }
    }

    /// How often something occurred.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// What of [`EXPECTED`] never occurred.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        EXPECTED.iter().copied().filter(|name| self.count(name) == 0).collect()
    }

    /// All of it, with what never occurred, by name.
    #[must_use]
    pub fn lines(&self) -> Vec<(String, u64)> {
        let mut all = self.0.clone();
        for name in EXPECTED {
            all.entry((*name).to_owned()).or_default();
        }
        all.into_iter().collect()
    }
}
