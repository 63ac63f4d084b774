//! What can be found, and how it is counted: a few examples of each, so that a report stays small.

use serde::Serialize;
use std::collections::BTreeMap;

/// Examples kept of each kind.
const EXAMPLES: usize = 10;

/// What a finding means for the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// What people recorded, or its order, is not what it was. Nothing here can make it again.
    Damage,
    /// Something that is computed from the rest differs: `--repair` makes it again.
    Derived,
    /// The machine needs a look; the data are sound.
    Warning,
}

/// Makes the enum and its look-ups from one row per kind.
macro_rules! kinds {
    ($($variant:ident $code:literal $class:ident $says:literal;)+) => {
        /// What can be found. The code is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $(#[doc = $says] $variant,)+
        }

        impl Kind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Returns what it means for the data.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }
        }
    };
}

kinds! {
    PagesDamaged "pages_damaged" Damage "Pages of the file contradict each other.";
    SchemaDiffers "schema_differs" Damage "A table is missing, or is another than this program makes.";
    IndexMissing "index_missing" Derived "An index is missing, or lacks rows.";
    ReferenceBroken "reference_broken" Damage "A row points to one that does not exist.";
    EpochBroken "epoch_broken" Damage "An epoch has no parent, or names a fork that lies above the log.";
    LogGap "log_gap" Damage "The log of a project lacks an entry.";
    ChainBroken "chain_broken" Damage "An entry of the log does not follow from the one before.";
    CounterDiffers "counter_differs" Derived "The counter of a project is not at the end of its log.";
    ChangeMissing "change_missing" Damage "The log names a change that is not there.";
    ChangeUnseated "change_unseated" Damage "A change has no entry in the log.";
    ChangeDamaged "change_damaged" Damage "The bytes of a change are not those that were received.";
    DocumentIncomplete "document_incomplete" Damage "The changes of a record do not make a whole.";
    DocumentMisplaced "document_misplaced" Damage "A record is not in the scope of its place.";
    SnapshotDiffers "snapshot_differs" Derived "The saved form of a record is not what its changes make.";
    ProjectionDiffers "projection_differs" Derived "What lists show of a record is not what it says.";
    PurgeIncomplete "purge_incomplete" Derived "A record was purged, and something of it is left.";
    ActorOrphaned "actor_orphaned" Derived "An actor belongs to no record.";
    SumDiffers "sum_differs" Derived "The closing sum of a scope is not that of its records.";
    RowMissing "row_missing" Damage "The log names a row that is not there.";
    RowDamaged "row_damaged" Damage "A row is not what the log says of it.";
    GrantUnseated "grant_unseated" Damage "A role on a project has no entry in the log.";
    AuditBroken "audit_broken" Damage "An entry of the audit log does not follow from the one before.";
    ErasedAlive "erased_alive" Derived "Somebody who was erased can be read again.";
    DiskLow "disk_low" Warning "There is little room left on the disk.";
    ClockBack "clock_back" Warning "The clock of this machine is behind what was recorded.";
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// How often something was found, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it means.
    pub class: Class,
    /// How often.
    pub count: u64,
    /// The first ones: ids, places in a log. No personal data.
    pub examples: Vec<String>,
}

/// Everything that was found, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Findings(pub BTreeMap<Kind, Found>);

impl Findings {
    /// Notes a finding.
    pub fn add(&mut self, kind: Kind, example: impl Into<String>) {
        let found = self.0.entry(kind).or_insert_with(|| Found {
            class: kind.class(),
            count: 0,
            examples: Vec::new(),
        });
        found.count += 1;
        if found.examples.len() < EXAMPLES {
            found.examples.push(example.into());
        }
    }

    /// Whether something was found that is no mere warning about the machine.
    #[must_use]
    pub fn concern_data(&self) -> bool {
        self.0.values().any(|found| found.class != Class::Warning)
    }

    /// Whether something was found that nothing can make again.
    #[must_use]
    pub fn has_damage(&self) -> bool {
        self.0.values().any(|found| found.class == Class::Damage)
    }

    /// Returns `code ×n (example)` of each kind, for a log or an error.
    #[must_use]
    pub fn summary(&self) -> String {
        let one = |(kind, found): (&Kind, &Found)| {
            let example = found.examples.first().map(|e| format!(" ({e})")).unwrap_or_default();
            format!("{} ×{}{example}", kind.code(), found.count)
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_few_and_the_count_is_whole() {
        let mut findings = Findings::default();
        (0..50).for_each(|n| findings.add(Kind::SumDiffers, n.to_string()));
        assert_eq!(findings.0[&Kind::SumDiffers].count, 50);
        assert_eq!(findings.0[&Kind::SumDiffers].examples.len(), EXAMPLES);
        assert!(findings.concern_data() && !findings.has_damage());
        assert_eq!(findings.summary(), "sum_differs ×50 (0)");
    }
}
