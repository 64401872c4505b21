//! `da`: an organisation's data on an analyst's machine, and the same for the agent beside them.

mod api;
mod arguments;
mod clock;
mod commands;
mod env_vars;
mod error;
mod exit;
mod files;
mod local;
mod output;
mod printer;
mod prompt;
mod settings;
mod sync;
mod update;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    arguments::Arguments, error::Error, exit::Exit, printer::Printer, settings::Settings, update::UpdateCheck,
};

fn main() -> ExitCode {
    report_panics();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error).into(),
    };
    let settings = Settings::resolve();
    let printer = Printer::new(settings.plain);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(4).build();
    let Ok(runtime) = runtime else {
        printer.failure(&Error::Internal("starting threads"));
        return Exit::FAILURE.into();
    };
    let exit = runtime.block_on(async {
        tokio::select! {
            exit = run(arguments, &settings, &printer) => exit,
            // What was under way is dropped where it stands; everything is written so that this is harmless.
            _ = tokio::signal::ctrl_c() => {
                printer.note("Interrupted.");
                Exit::INTERRUPTED
            }
        }
    });
    // A query that nobody waits for any more must not keep the process.
    runtime.shutdown_background();
    exit.into()
}

async fn run(arguments: Arguments, settings: &Settings, printer: &Printer) -> Exit {
    let contract = arguments.command.contract();
    let update = arguments.command.talks_to_server().then(|| UpdateCheck::start(settings));
    let exit = match arguments.command.run(settings, printer).await {
        Ok(exit) => exit,
        Err(error) => {
            printer.failure(&error);
            match &error {
                Error::Output(source) if source.kind() == std::io::ErrorKind::BrokenPipe => Exit::SUCCESS,
                error => error.exit(contract),
            }
        }
    };
    if let Some(update) = update {
        update.finish(printer).await;
    }
    exit
}

/// Help and version are data; everything else clap has to say is a usage error.
fn usage(error: &clap::Error) -> Exit {
    let printer = Printer::new(true);
    let text = error.render().to_string();
    if error.use_stderr() {
        let text = text.strip_prefix("error: ").map_or(text.clone(), |text| format!("Error: {text}"));
        for line in text.trim_end().lines() {
            printer.note(line);
        }
    } else if let Err(error) = printer.raw(text.as_bytes()) {
        printer.failure(&error);
    }
    u8::try_from(error.exit_code()).map_or(Exit::USAGE, Exit)
}

/// A bug is one line too. Those of other threads come back as errors and are reported there.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if std::thread::current().name() == Some("main") {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            Printer::new(true).note(&format!("Error: da failed unexpectedly at {place}; please report this"));
        }
    }));
}
