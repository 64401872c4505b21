//! The command line of the server.

use std::{
    fmt::Display,
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, Environment},
    demo, logging, serve,
};

/// From data sources to governed tables, for analysts and the agents beside them.
#[derive(Parser)]
#[command(name = "agnes", version = agnes_contract::VERSION, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console and the API. Configured by environment variables and instance.yaml.
    Serve,
    /// Serve a generated sample shop, with sign-in links printed here.
    Demo,
    /// Ask the server on this machine whether it answers; for container health checks.
    Healthcheck,
    /// Run one query worker. Started by the server.
    #[command(hide = true)]
    Worker,
    /// Run one connector. Started by the server.
    #[command(hide = true)]
    Extract,
}

/// Runs the command the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
            // A closed pipe is nothing to complain about.
            let _ = error.print();
            return code;
        }
    };
    let outcome = match arguments.command {
        Command::Serve => Config::load(&Environment::process()).map_err(anyhow::Error::from).and_then(serve),
        Command::Demo => demo::config(&Environment::process()).map_err(anyhow::Error::from).and_then(demo),
        Command::Healthcheck => healthcheck(&Environment::process()),
        Command::Worker => return agnes_analytics::worker::main(),
        Command::Extract => return agnes_connectors::extract_main(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn complain(message: &impl Display) {
    let _ = writeln!(std::io::stderr(), "error: {message}");
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("agnes").build()
}

fn serve(config: Config) -> anyhow::Result<()> {
    logging::start(&config);
    runtime()?.block_on(async {
        let server = serve::start(config).await?;
        serve::until_told_to_stop().await;
        Ok(server.stop().await?)
    })
}

fn demo(config: Config) -> anyhow::Result<()> {
    logging::start(&config);
    runtime()?.block_on(async {
        let server = serve::start(config).await?;
        let links = demo::prepare(&server).await?;
        let mut out = std::io::stdout().lock();
        for (email, link) in links {
            writeln!(out, "Sign-in link for {email}: {link}")?;
        }
        writeln!(out, "Console: {}", server.url())?;
        drop(out);
        serve::until_told_to_stop().await;
        Ok(server.stop().await?)
    })
}

fn healthcheck(environment: &Environment) -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(4);
    let bind: SocketAddr =
        environment.parsed("AGNES_BIND", "an address with a port")?.unwrap_or_else(crate::config::local);
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let mut stream = TcpStream::connect_timeout(&SocketAddr::new(ip, bind.port()), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    anyhow::ensure!(answer.starts_with(b"HTTP/1.1 200"), "the server answers, but not that it is well");
    Ok(())
}
