//! Floors with a name of their own, and the plans on which pins are set.

use super::Rest;
use crate::catalog::Text;
use crate::ids::{Hash, PlaceId, ScopeId};
use serde::{Deserialize, Serialize};

/// A floor of a building that has a name of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FloorRow {
    /// The building.
    pub building: ScopeId,
    /// Its number; below the ground it is negative.
    pub floor: i32,
    /// Its name.
    pub name: Text,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A drawing with its scale. The file itself is a blob, named by its hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanRow {
    /// Its code.
    pub code: String,
    /// The name of its file.
    pub file: String,
    /// `svg`, `png` or `jpeg`.
    pub media: String,
    /// Metres that one pixel stands for; of an SVG, one user unit.
    pub metres_per_pixel: f64,
    /// The SHA-256 of the file, once it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Hash>,
    /// The layout that it shows; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub layout: String,
    /// The building that it shows, or on a floor of which it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<ScopeId>,
    /// The floor of that building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i32>,
    /// The public place that it shows. Nothing named: the whole estate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// What a newer version knows.
    #[serde(flatten)]
    pub rest: Rest,
}
