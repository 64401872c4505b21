//! `da auth import-token`.

use crate::{
    api::{Api, Failure},
    env_vars,
    error::Error,
    exit::Exit,
    printer::Printer,
    prompt,
    settings::{Claims, ServerSource, ServerUrl, Settings, StoredToken, TokenSource},
};

/// How long the server may take to say whether it knows the token.
const VERIFY_SECONDS: u64 = 15;

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The token, or - to read it from stdin; without it DA_TOKEN is stored
    #[arg(long)]
    token: Option<String>,
    /// Address of the server; remembered
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Whose token it is, should it not say so itself
    #[arg(long)]
    email: Option<String>,
    /// Their role, should the token not say so itself
    #[arg(long)]
    role: Option<String>,
    /// Do not ask the server whether it knows the token
    #[arg(long)]
    pub skip_verify: bool,
}

/// Stores a token made in the console. Nothing changes when anything is wrong with it.
pub async fn import_token(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let server = match &args.server {
        Some(text) => ServerUrl::parse(text, "--server")?,
        None if settings.server_source()? == ServerSource::Default => {
            return Err(Error::unmet("which server is the token for?", "add --server URL, or set DA_SERVER"));
        }
        None => settings.server()?,
    };
    let token = match args.token.as_deref() {
        Some("-") => prompt::piped_secret()?,
        Some(token) => token.to_owned(),
        None => from_environment(settings)?,
    };
    let token = token.trim().to_owned();
    let claims = Claims::of(&token).map_err(|reason| {
        Error::unmet(format!("this is not a token: {reason}"), "copy the whole token from the console's /tokens page")
    })?;
    let api = Api::with(server, Some(token.clone()))?;
    if !args.skip_verify {
        let asked = api.get("/api/catalog/tables").within(VERIFY_SECONDS).send().await;
        asked.map_err(|failure| refused(&api, failure))?;
    }
    let given = |flag: Option<String>, claim: Option<String>| flag.or(claim).filter(|text| !text.trim().is_empty());
    let (Some(email), Some(role)) = (given(args.email, claims.email), given(args.role, claims.role)) else {
        return Err(Error::unmet(
            "e-mail address or role is missing from the token",
            "add --email ADDRESS --role ROLE",
        ));
    };
    if args.server.is_some() {
        settings.config()?.save_server(&settings.config_dir, api.server())?;
    }
    StoredToken { access_token: token, email: email.clone(), role: role.clone() }.save(&settings.config_dir)?;
    printer.line(&format!("Token stored for {email} (role: {role})"))?;
    Ok(Exit::SUCCESS)
}

fn from_environment(settings: &Settings) -> Result<String, Error> {
    match settings.token() {
        Ok(Some(token)) if token.source == TokenSource::Environment => Ok(token.access_token),
        _ => Err(Error::unmet(
            format!("--token is missing and {} is not set", env_vars::DA_TOKEN),
            "add --token - and pipe the token in",
        )),
    }
}

fn refused(api: &Api, failure: Failure) -> Error {
    match &failure {
        Failure::Status { status: 401, detail, .. } => Error::unmet(
            format!("Token rejected by server ({}): {detail}", api.server()),
            "make a new token in the console's /tokens page",
        ),
        _ => Error::Api { doing: "The token could not be checked: ", failure },
    }
}
