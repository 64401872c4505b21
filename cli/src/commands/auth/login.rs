//! `da auth login`.

use agnes_contract::auth::SignedIn;
use serde_json::json;

use crate::{
    api::{Api, Failure},
    env_vars,
    error::Error,
    exit::Exit,
    printer::Printer,
    prompt,
    settings::{ServerUrl, Settings, StoredToken, TokenSource},
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Your address; asked for when missing
    #[arg(long)]
    email: Option<String>,
    /// Your password; asked for when missing, which keeps it out of the shell's history
    #[arg(long, conflicts_with = "password_stdin")]
    password: Option<String>,
    /// Read the password from stdin
    #[arg(long)]
    password_stdin: bool,
    /// Address of the server; remembered when the sign-in works
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

/// Signs in and keeps the token.
pub async fn login(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let server = match &args.server {
        Some(text) => ServerUrl::parse(text, "--server")?,
        None => settings.server()?,
    };
    let email = match args.email {
        Some(email) => email,
        None => prompt::line(printer, "Email: ", "--email is missing", "add --email ADDRESS --password-stdin")?,
    };
    let password = match args.password {
        Some(password) => password,
        None if args.password_stdin => prompt::piped_secret()?,
        None => {
            prompt::secret("Password: ", "--password-stdin is missing", "pipe the password in with --password-stdin")?
        }
    };
    let body =
        if password.is_empty() { json!({"email": email}) } else { json!({"email": email, "password": password}) };
    let api = Api::with(server, None)?;
    let signed_in: SignedIn =
        api.post("/auth/token").json(&body).read().await.map_err(|failure| refused(&api, failure))?;
    keep(settings, args.server.is_some().then(|| api.server()), &signed_in)?;
    printer.line(&format!("Logged in as {} (role: {})", signed_in.email, signed_in.role))?;
    if settings.token().is_ok_and(|token| token.is_some_and(|token| token.source == TokenSource::Environment)) {
        printer.warn(&format!("{} is set and wins over this sign-in.", env_vars::DA_TOKEN));
    }
    Ok(Exit::SUCCESS)
}

/// Keeps who one is now, and where.
pub fn keep(settings: &Settings, server: Option<&ServerUrl>, signed_in: &SignedIn) -> Result<(), Error> {
    if let Some(server) = server {
        settings.config()?.save_server(&settings.config_dir, server)?;
    }
    let token = StoredToken {
        access_token: signed_in.access_token.clone(),
        email: signed_in.email.clone(),
        role: signed_in.role.clone(),
    };
    token.save(&settings.config_dir)
}

fn refused(api: &Api, failure: Failure) -> Error {
    match &failure {
        Failure::Status { status: 401, detail, .. } if detail.to_lowercase().contains("external authentication") => {
            Error::unmet(
                format!("Login failed: {detail} Create a token in the console at {}/tokens instead", api.server()),
                "then run `da auth import-token --token -`, or export DA_TOKEN",
            )
        }
        Failure::Status { status: 401, detail, .. } => {
            Error::unmet(format!("Login failed: {detail}"), "check address and password; both are case-sensitive")
        }
        Failure::Unreachable { .. } | Failure::Timeout { .. } => Error::Api { doing: "Connection error: ", failure },
        _ => Error::Refused { doing: "Login failed: ", failure },
    }
}
