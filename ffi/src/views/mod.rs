//! The types that cross, described to the bindings as they stand in the domain and the client; a difference does not
//! compile.

mod case;
mod commands;
mod defect;
mod fields;
mod figures;
mod inspection;
mod lists;
mod milestones;
mod notices;
mod people;
mod promises;
mod repair;
mod search;
mod times;
mod visit;
mod visits;
