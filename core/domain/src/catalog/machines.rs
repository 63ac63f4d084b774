//! State machines: which event is legal in which state, for whom, and under which conditions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::codes::{EventCode, GuardCode, MachineCode, RoleCode, StateCode};
use super::error::Result;
use super::json_file::JsonFile;
use super::text::Text;
use crate::events::GUARDS;

/// The file of the machines.
pub(super) const FILE: &str = "state_machines.json";

/// A code with its words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Named<C> {
    /// The code.
    pub code: C,
    /// Its words.
    #[serde(flatten)]
    pub text: Text,
}

/// How a state stands in the life of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StateKind {
    /// On the way.
    Normal,
    /// Beside the way.
    Side,
    /// At the end; a way out may still exist (`reopen`).
    Final,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct State {
    /// Its code.
    pub code: StateCode,
    /// Its words.
    #[serde(flatten)]
    pub text: Text,
    /// How it stands in the life of a record.
    pub kind: StateKind,
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Transition {
    /// The event that makes it.
    pub event: EventCode,
    /// Words of the event.
    #[serde(flatten)]
    pub text: Text,
    /// The states in which it is legal.
    pub from: Vec<StateCode>,
    /// The state that follows; none: the state stays as it is (a proposal, and its refusal).
    pub to: Option<StateCode>,
    /// Who may.
    pub roles: Vec<RoleCode>,
    /// Conditions, all to be met.
    pub guards: Vec<GuardCode>,
    /// What else happens (`reassign_count+1`).
    pub effects: Vec<String>,
}

/// Why an event is illegal. The event is kept, marked and shown all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// The event does not exist in this state, or the state does not exist.
    #[error("the event does not exist in this state")]
    State,
    /// Not for this role.
    #[error("the event is not for this role")]
    Role,
    /// These conditions are not met.
    #[error("conditions are not met: {}", .0.iter().map(GuardCode::as_str).collect::<Vec<_>>().join(", "))]
    Guard(Vec<GuardCode>),
}

impl Illegal {
    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Role => "role",
            Self::Guard(_) => "guard",
        }
    }
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Machine {
    /// Its code.
    pub code: MachineCode,
    /// Its words.
    #[serde(flatten)]
    pub text: Text,
    /// The state before any event.
    pub initial: StateCode,
    /// Its states.
    pub states: Vec<State>,
    /// Its transitions.
    pub transitions: Vec<Transition>,
}

impl Machine {
    /// Returns a state by its code.
    #[must_use]
    pub fn state(&self, code: &str) -> Option<&State> {
        self.states.iter().find(|state| state.code == code)
    }

    /// Returns the transition of an event in a state, whoever makes it.
    #[must_use]
    pub fn find(&self, state: &str, event: &str) -> Option<&Transition> {
        self.transitions
            .iter()
            .find(|transition| transition.event == event && transition.from.iter().any(|from| from == state))
    }

    /// Returns what may happen in a state, for the buttons of a screen.
    pub fn open_to<'a>(&'a self, state: &'a str, role: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |transition| {
            transition.from.iter().any(|from| from == state) && transition.roles.iter().any(|other| other == role)
        })
    }

    /// Returns the state after an event.
    ///
    /// # Errors
    ///
    /// Why the event is illegal; an unknown state or event is [`Illegal::State`], an unknown role [`Illegal::Role`].
    pub fn transition<'a>(
        &'a self,
        state: &str,
        event: &str,
        role: &str,
        guards_met: &BTreeSet<GuardCode>,
    ) -> std::result::Result<&'a StateCode, Illegal> {
        let transition = self.find(state, event).ok_or(Illegal::State)?;
        if !transition.roles.iter().any(|other| other == role) {
            return Err(Illegal::Role);
        }
        let missing: Vec<_> = transition
            .guards
            .iter()
            .filter(|guard| !guards_met.contains(*guard))
            .cloned()
            .collect();
        if !missing.is_empty() {
            return Err(Illegal::Guard(missing));
        }
        let stays = || self.state(state).map(|state| &state.code);
        transition.to.as_ref().or_else(stays).ok_or(Illegal::State)
    }
}

/// All machines, and the roles and guards that they name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Machines {
    /// The roles of people.
    pub roles: Vec<Named<RoleCode>>,
    /// The conditions.
    pub guards: Vec<Named<GuardCode>>,
    machines: BTreeMap<MachineCode, Machine>,
}

#[derive(Deserialize)]
struct File {
    roles: Vec<Named<RoleCode>>,
    guards: Vec<Named<GuardCode>>,
    machines: Vec<Machine>,
}

impl Machines {
    pub(super) fn load(text: &str) -> Result<Self> {
        let json = JsonFile::new(FILE, text);
        let file: File = json.read()?;
        let mut out = Self {
            roles: file.roles,
            guards: file.guards,
            machines: BTreeMap::new(),
        };
        json.unique("roles", out.roles.iter().map(|role| role.code.as_str()), ".code")?;
        json.unique("guards", out.guards.iter().map(|guard| guard.code.as_str()), ".code")?;
        for (n, guard) in out.guards.iter().enumerate() {
            // A guard that nothing judges is never met: every event that needs it would be illegal for ever.
            json.check(
                GUARDS.iter().any(|(judged, _)| *judged == guard.code.as_str()),
                || format!("guards[{n}].code"),
                guard.code.as_str(),
                "a guard that this version can judge",
            )?;
        }
        for (n, machine) in file.machines.into_iter().enumerate() {
            out.check(json, n, &machine)?;
            json.check(
                !out.machines.contains_key(&machine.code),
                || format!("machines[{n}].code"),
                machine.code.as_str(),
                "a machine that is not there yet",
            )?;
            out.machines.insert(machine.code.clone(), machine);
        }
        Ok(out)
    }

    /// Returns a machine by its code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Machine> {
        self.machines.get(code)
    }

    /// Returns all machines by code.
    pub fn iter(&self) -> impl Iterator<Item = &Machine> {
        self.machines.values()
    }

    /// Tells whether a role exists.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|known| known.code == role)
    }

    fn check(&self, json: JsonFile<'_>, n: usize, machine: &Machine) -> Result<()> {
        let at = format!("machines[{n}]");
        let states: BTreeSet<_> = machine.states.iter().map(|state| &state.code).collect();
        json.check(
            states.len() == machine.states.len(),
            || format!("{at}.states"),
            machine.code.as_str(),
            "states with different codes",
        )?;
        json.check(
            states.contains(&machine.initial),
            || format!("{at}.initial"),
            machine.initial.as_str(),
            "a state of the machine",
        )?;
        let mut seen = BTreeSet::new();
        for (t, transition) in machine.transitions.iter().enumerate() {
            let at = format!("{at}.transitions[{t}]");
            if let Some(to) = &transition.to {
                json.check(
                    states.contains(to),
                    || format!("{at}.to"),
                    to.as_str(),
                    "a state of the machine",
                )?;
            }
            json.check(
                !transition.roles.is_empty(),
                || format!("{at}.roles"),
                "",
                "at least one role",
            )?;
            for (i, from) in transition.from.iter().enumerate() {
                json.check(
                    states.contains(from),
                    || format!("{at}.from[{i}]"),
                    from.as_str(),
                    "a state of the machine",
                )?;
                json.check(
                    seen.insert((from, &transition.event)),
                    || format!("{at}.from[{i}]"),
                    from.as_str(),
                    "a state from which this event has no other transition",
                )?;
            }
            for (i, role) in transition.roles.iter().enumerate() {
                json.check(
                    self.has_role(role.as_str()),
                    || format!("{at}.roles[{i}]"),
                    role.as_str(),
                    "one of the roles",
                )?;
            }
            for (i, guard) in transition.guards.iter().enumerate() {
                json.check(
                    self.guards.iter().any(|known| known.code == *guard),
                    || format!("{at}.guards[{i}]"),
                    guard.as_str(),
                    "one of the guards",
                )?;
            }
        }
        Ok(())
    }
}
