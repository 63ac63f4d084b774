//! The simulator: seeded histories of the real client and the real server, joined in memory.
//!
//! ```text
//! simulator [--histories N] [--first SEED] [--threads N]   many histories; the bug base and the named ones first
//! simulator --seed SEED                                    one history, told action by action
//! simulator --named NAME                                   one history with a name, told
//! simulator --planted NAME|all [--histories N]             a bug on purpose must be found (feature `planted`)
//! ```
//!
//! Exit codes: 0 all held, 1 something did not, 2 wrong usage.

use keyturn_tests::sim::{Options, Simulator};
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("simulator: {why}");
            return ExitCode::from(2);
        }
    };
    if Simulator::new(options).run() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--histories" => options.histories = number(&value()?)?,
            "--first" => options.first = number(&value()?)?,
            "--threads" => options.threads = usize::try_from(number(&value()?)?).unwrap_or(1).max(1),
            "--seed" => options.seed = Some(number(&value()?)?),
            "--named" => options.named = Some(value()?),
            "--planted" => options.planted = Some(value()?),
            other => return Err(format!("{other} is not an option")),
        }
    }
    Ok(options)
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}
