//! A worker by itself: what the tests start in place of `agnes worker`.

use std::process::ExitCode;

fn main() -> ExitCode {
    agnes_analytics::worker::main()
}
