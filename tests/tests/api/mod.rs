//! The API as another system meets it: every answer is as the description says.

mod asking;
mod deeds;
mod editions;
mod kept;
mod people;
mod races;
mod reading;
mod rights;
mod writing;
