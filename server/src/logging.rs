//! Log lines: one JSON object each, or words for a person at a terminal.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// Starts logging to stderr; stdout is for answers. A second call changes nothing.
pub fn start(config: &Config) {
    let filter = EnvFilter::new(&config.log_filter);
    let format =
        config.log_format.unwrap_or(if std::io::stderr().is_terminal() { LogFormat::Human } else { LogFormat::Json });
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // The span carries the request id into every line written below it.
    let started = match format {
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).try_init(),
        LogFormat::Human => builder.with_target(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("Logging was started before");
    }
}
