//! The integration tests of the workspace: one binary, one module a file.

mod api;
mod canary;
mod cases;
mod crews;
mod days;
mod edges;
mod editions;
mod figures;
mod golden;
mod handed_over;
mod hostile;
mod phones;
mod reach;
mod rounds;
mod sim;
mod story;
mod tidy;
mod told;
mod transfer;
mod waiting;
