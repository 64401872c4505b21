//! `da setup bootstrap`.

use agnes_contract::auth::{Bootstrap, SignedIn};

use crate::{
    api::{Api, Failure},
    commands::auth::login,
    error::Error,
    exit::Exit,
    printer::Printer,
    prompt,
    settings::{ServerUrl, Settings},
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address of the first admin
    email: String,
    /// What to call them; the part before @ when missing
    #[arg(long)]
    name: Option<String>,
    /// Their password; asked for at a terminal, which keeps it out of the shell's history
    #[arg(long, conflicts_with = "password_stdin")]
    password: Option<String>,
    /// Read the password from stdin
    #[arg(long)]
    password_stdin: bool,
    /// Address of the server; remembered when it works
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

/// Creates the first admin of an empty server, and signs in as them.
pub async fn bootstrap(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let server = match &args.server {
        Some(text) => ServerUrl::parse(text, "--server")?,
        None => settings.server()?,
    };
    let password = match args.password {
        Some(password) => password,
        None if args.password_stdin => prompt::piped_secret()?,
        None => {
            prompt::secret("Password: ", "--password-stdin is missing", "pipe the password in with --password-stdin")?
        }
    };
    let name = args.name.unwrap_or_else(|| args.email.split('@').next().unwrap_or_default().to_owned());
    let api = Api::with(server, None)?;
    let body = Bootstrap { email: args.email, name, password };
    let signed_in: SignedIn = api.post("/auth/bootstrap").json(&body).read().await.map_err(refused)?;
    login::keep(settings, args.server.is_some().then(|| api.server()), &signed_in)?;
    printer.line(&format!("Created admin {} and logged in.", signed_in.email))?;
    Ok(Exit::SUCCESS)
}

fn refused(failure: Failure) -> Error {
    match &failure {
        Failure::Status { status: 403, detail, .. } => {
            Error::unmet(format!("Bootstrap is disabled: {detail}"), "sign in with `da auth login` instead")
        }
        _ => Error::Api { doing: "Bootstrap failed: ", failure },
    }
}
