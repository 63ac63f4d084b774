//! The API as another system meets it: every answer is as the description says.

mod asking;
mod editions;
mod reading;
mod writing;
