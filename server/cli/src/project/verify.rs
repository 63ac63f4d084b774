//! `keyturn project verify`.

use super::export::size;
use super::problems::failure;
use super::words;
use crate::failure::Failure;
use crate::out::Out;
use clap::Args;
use keyturn_server::protocol::Code;
use std::path::PathBuf;

/// Read an export back: compare hashes and documents.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// The folder of the export
    pub dir: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// `export_damaged` with everything that is wrong; `file_unusable`.
pub fn run(args: &VerifyArgs, out: &Out) -> Result<(), Failure> {
    let done = keyturn_server::project::verify(&args.dir)?;
    if !done.problems.is_empty() {
        return Err(failure(Code::ExportDamaged, &done.problems, out));
    }
    out.say(words::VERIFIED, &[&done.files, &size(done.bytes), &done.documents])?;
    out.result(&done)
}
