//! `keyturn device enrol`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, qr, when, words};
use clap::Args;
use keyturn_server::users::enrolment_url;

/// Make a one-time code with which a person enrols one phone within fifteen minutes, as text and as a QR code.
#[derive(Args, Debug)]
pub struct EnrolArgs {
    /// The person's name
    pub name: String,
    /// Where the phone reaches the server; stands in the QR code
    #[arg(
        long,
        value_name = "URL",
        env = "KEYTURN_PUBLIC_URL",
        default_value = "http://127.0.0.1:7373",
        hide_env = true
    )]
    pub server: String,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `user_unknown`, `user_disabled`.
pub async fn run(args: &EnrolArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let user = server.users().find(&args.name).await?;
    let code = server.devices().create_enrolment(user.id).await?;
    server.close().await;
    let url = enrolment_url(&args.server, &code.text);
    out.say(words::ENROL_TITLE, &[&user.name, &when::full(code.expires_at)])?;
    out.line("")?;
    out.line(&format!("    {}", code.text))?;
    out.line("")?;
    for line in qr::draw(&url)? {
        out.line(&line)?;
    }
    out.say(words::ENROL_HOW, &[])?;
    out.line(&args.server)?;
    let facts = serde_json::json!({
        "code": code.text, "expires_at": code.expires_at, "server": args.server, "server_id": code.server,
        "user": user.name, "url": url,
    });
    out.result(&facts)
}
