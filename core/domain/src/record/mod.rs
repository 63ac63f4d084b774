//! Inspections, defects, cases: what may be recorded, how it reads, what is signed.
//!
//! A command (in [`inspection`], [`defect`], [`case`], [`common`]) looks at the document as the person saw it and returns the
//! [`crate::Write`]s to make, or the code of why not. Nothing here touches a clock or a store.
//! A [`view`] is what one screen, one API answer or one page of a report needs; a [`Projection`] is what lists need.

pub mod case;
pub mod common;
pub mod defect;
pub mod duplicates;
mod edition;
mod error;
mod history;
pub mod inspection;
mod marks;
mod matter;
mod projection;
pub mod promises;
pub mod repair;
mod repair_view;
pub mod review;
pub mod round;
mod scene;
mod show;
mod show_answers;
mod signature;
pub mod terms;
pub mod timeline;
pub mod titles;
pub mod view;
pub mod visit;

#[cfg(test)]
pub(crate) mod tests;

pub use common::{Stamp, Who};
pub use edition::{edition_of, pinned};
pub use error::CommandError;
pub use history::Step;
pub use marks::Marks;
pub use matter::Matter;
pub use projection::{PROJECTION_FORM, Projection};
pub use repair_view::{GivenView, NamedView, ProposalView, RepairView};
pub use scene::Scene;
pub use show::{Place, defect_view, inspection_view, life, machine_of};
pub use signature::{Coverage, Manifest, ManifestDefect, coverage, manifest};
