//! Households: one leaves, another comes, and who looks after them.

use super::people::{People, optional};
use super::people_read as read;
use super::record::parse;
use crate::ClientError;
use keyturn_domain::PlaceId;
use keyturn_domain::catalog::Lang;
use keyturn_domain::intents::{Command, HouseholdChange, MoveIn, MoveOut, NextHousehold};

impl People {
    /// Lets the household of a home move out on a day; `next` is the code of the one that comes, or nothing.
    ///
    /// # Errors
    /// `unknown_subject` when nobody lives there, `missing` for a day that is none, `no_grant`.
    pub fn move_out(&self, place: &str, day: &str, next: &str, english: bool) -> Result<(), ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let (project, held) = self.home(home)?;
        let (household, _) = read::living(&held.present).ok_or_else(|| ClientError::refused("unknown_subject"))?;
        let next = (!next.is_empty()).then(|| NextHousehold {
            id: self.0.new_id(),
            code: next.to_owned(),
            language: if english { Lang::En } else { Lang::Zh },
        });
        let command = MoveOut {
            home,
            household,
            day: day.to_owned(),
            next,
        };
        self.0.command(project, &Command::MoveOut(command)).map(drop)
    }

    /// Lets a household move into a home in which nobody lives; returns it.
    ///
    /// # Errors
    /// `missing` without a code, `collides` when somebody lives there, `no_grant`.
    pub fn move_in(&self, place: &str, code: &str, english: bool) -> Result<String, ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let (project, _) = self.home(home)?;
        let household = NextHousehold {
            id: self.0.new_id(),
            code: code.to_owned(),
            language: if english { Lang::En } else { Lang::Zh },
        };
        let id = household.id.to_string();
        let command = MoveIn {
            home,
            household,
            ambassador: None,
        };
        self.0.command(project, &Command::MoveIn(command))?;
        Ok(id)
    }

    /// Says in which language a household is written to, or, for the office, who looks after it; empty: as it is.
    ///
    /// # Errors
    /// `unknown_subject` when nobody lives there, `role`, `no_grant`.
    pub fn look_after(&self, place: &str, language: &str, ambassador: &str) -> Result<(), ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let (project, held) = self.home(home)?;
        let (household, _) = read::living(&held.present).ok_or_else(|| ClientError::refused("unknown_subject"))?;
        let change = HouseholdChange {
            household,
            home,
            language: match language {
                "" => None,
                "zh" => Some(Lang::Zh),
                "en" => Some(Lang::En),
                _ => return Err(ClientError::Input("language")),
            },
            ambassador: optional(ambassador, "ambassador")?,
            ..HouseholdChange::default()
        };
        self.0.command(project, &Command::HouseholdChange(change)).map(drop)
    }
}
