//! What the description of the API says of rows. A row is told as it is stored, cut to the role: a member that the
//! caller may not see, or that says nothing, is left out.

use keyturn_domain::catalog::Text;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize, JsonSchema)]
        pub struct $name {
            /// The row.
            pub id: Uuid,
            /// Its project.
            pub project: Uuid,
            /// The scope that it is in.
            pub scope: Uuid,
            /// Its newest seat in the project's log.
            pub seq: i64,
            $(
                $(#[$about])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }
    )*};
}

/// Two times of the day, `["21:00:00","08:00:00"]`.
type Quiet = Vec<String>;

rows! {
    /// A project and its settings.
    Project {
        /// Its code.
        code: String,
        /// Its name.
        name: Text,
        /// IANA name; dates and days are meant there.
        time_zone: String,
        /// Which limits hold.
        tolerance_ruleset: String,
        /// Which grade of them.
        tolerance_grade: String,
        /// The handover checklist.
        template: String,
        /// Its calendar, profiles and dates.
        settings: BTreeMap<String, Value>,
    }
    /// A building.
    Building {
        /// Its code.
        code: String,
        /// Its name.
        name: Text,
        /// How many floors it has.
        floors: u32,
        /// How many entrances.
        entrances: u32,
    }
    /// A layout of homes.
    Layout {
        /// Its code.
        code: String,
        /// Its name.
        name: Text,
        /// Its rooms with windows, inner doors and features.
        rooms: Vec<BTreeMap<String, Value>>,
        /// Features of the home as a whole.
        features: Vec<String>,
    }
    /// A public place.
    PublicPlace {
        /// Its code.
        code: String,
        /// Its name.
        name: Text,
        /// A public room kind.
        kind: String,
        /// The building, unless it lies outside.
        building: Uuid,
    }
    /// A home.
    Home {
        /// Unit number.
        no: String,
        /// Its building.
        building: Uuid,
        /// Entrance.
        entrance: u32,
        /// Floor.
        floor: i64,
        /// Code of its layout.
        layout: String,
    }
    /// Somebody who works on a project.
    Staff {
        /// The user.
        user: Uuid,
        /// Staff code.
        code: String,
        /// Name.
        name: Text,
        /// Role in this project.
        role: String,
        /// Telephone; only for those who dispatch.
        phone: String,
    }
    /// A team.
    Team {
        /// Its code.
        code: String,
        /// Its name.
        name: Text,
        /// Its members: users.
        members: Vec<Uuid>,
    }
    /// Something to do at a place.
    Task {
        /// Its kind (group `task_kind`).
        kind: String,
        /// The rule that opened it.
        rule: String,
        /// Where.
        place: Uuid,
        /// Kind of the record that it produces; empty: none.
        record_kind: String,
        /// The record.
        record: Uuid,
        /// The template that is pinned.
        template: String,
        /// Its version.
        template_version: u32,
        /// Who does it: users.
        assignees: Vec<Uuid>,
        /// The day in the project's time zone; empty: not known yet.
        day: String,
        /// Begin of the slot, `09:00`.
        slot: String,
        /// The last day.
        due: String,
        /// The role that does it.
        role: String,
        /// The script of its visit.
        script: String,
        /// The survey of its visit.
        survey: String,
        /// What it was opened for.
        subject: Uuid,
        /// Which of several tasks of the rule for that subject.
        occurrence: String,
        /// The event from which its day was counted.
        anchor: String,
        /// What became of it, where no record tells.
        closed: TaskClosed,
        /// Of a collision: both sides.
        proposal: Value,
        /// Of a collision: what was asked.
        intent: Value,
    }
    /// What happened, or is planned, on a day.
    Milestone {
        /// The event.
        event: String,
        /// The home, household, batch, project, route or case.
        subject: Uuid,
        /// Which one, where it happens more than once.
        occurrence: String,
        /// The day.
        day: String,
        /// The day on which it no longer holds.
        until: String,
    }
    /// A household.
    Household {
        /// Its home.
        home: Uuid,
        /// Its code.
        code: String,
        /// The language it is written to in.
        language: String,
        /// The ambassador who looks after it: a user.
        ambassador: Uuid,
        /// When nobody calls it.
        quiet: Vec<Quiet>,
        /// The day on which it moved out; empty: it lives there.
        moved_out: String,
    }
    /// A person of a household, or somebody who called for it.
    Person {
        /// The household.
        household: Uuid,
        /// Owner, tenant … (group `relation`).
        relation: String,
        /// The preferred way (group `contact_way`).
        way: String,
        /// When nobody calls this person.
        quiet: Vec<Quiet>,
        /// The name, for those who meet owners.
        name: PersonName,
        /// Telephone and e-mail, for those who call owners.
        contact: Reach,
        /// Does not belong to the household any longer.
        left: bool,
    }
    /// One contact with a household.
    Contact {
        /// The household.
        household: Uuid,
        /// With whom, if known.
        person: Uuid,
        /// How (group `contact_way`).
        way: String,
        /// They came to us.
        incoming: bool,
        /// Somebody was reached.
        reached: bool,
        /// When.
        at_ms: i64,
        /// When they want to be called again.
        again_ms: i64,
        /// Who of us: a user.
        by: Uuid,
        /// The record that it belongs to.
        record: Uuid,
        /// What was said, for those who meet owners.
        words: String,
    }
    /// A time that was agreed with a household.
    Appointment {
        /// Where.
        home: Uuid,
        /// With which household.
        household: Uuid,
        /// With whom of it.
        person: Uuid,
        /// What for: a kind of task.
        purpose: String,
        /// The record that it belongs to.
        record: Uuid,
        /// Begin.
        from_ms: i64,
        /// End.
        to_ms: i64,
        /// Who comes: a user.
        by: Uuid,
        /// Called off, and why.
        cancelled: String,
    }
    /// A manager's decision at the gate of delivery risk.
    RiskDecision {
        /// The home or building.
        subject: Uuid,
        /// Handed over; else stopped.
        open: bool,
        /// Why.
        reason: String,
        /// The score then.
        score: i64,
        /// The band then.
        band: String,
        /// The factors then, each with its count.
        factors: BTreeMap<String, i64>,
        /// Who decided: a user.
        by: Uuid,
        /// When.
        at_ms: i64,
    }
}

/// What became of a task.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TaskClosed {
    /// `done`, `not_done`.
    pub outcome: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who said so: a user.
    pub by: Uuid,
    /// When.
    pub at_ms: i64,
}

/// A name.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PersonName {
    /// As the person writes it.
    pub name: String,
    /// In Latin letters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub latin: String,
}

/// How somebody is reached.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reach {
    /// Telephone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
}
