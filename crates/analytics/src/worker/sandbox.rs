//! What the operating system holds a worker to, whatever DuckDB is talked into.

use std::{
    io,
    path::{Path, PathBuf},
};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
    path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::protocol::{Prepare, Role};

/// How much of the confinement the kernel enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Enforced {
    Fully,
    Partly,
    No,
}

/// What a worker may touch.
pub(crate) struct Rights<'a> {
    read: Vec<&'a Path>,
    write: Vec<&'a Path>,
    /// Of address space, in bytes.
    space: u64,
}

impl<'a> Rights<'a> {
    pub(crate) fn of(prepare: &'a Prepare) -> Self {
        let paths = |paths: &'a [PathBuf]| paths.iter().map(PathBuf::as_path).collect();
        let (read, write) = match &prepare.role {
            Role::Parse => (Vec::new(), Vec::new()),
            Role::Query { views } => {
                (views.iter().flat_map(|view| &view.files).map(PathBuf::as_path).collect(), Vec::new())
            }
            Role::Files { read, write } => (paths(read), paths(write)),
        };
        Self { read, write, space: space(prepare.memory_mb, prepare.threads) }
    }
}

/// Address space for a worker of so much memory: DuckDB counts its buffers, and its limit is met
/// first; this bounds what it does not count. Twice the buffers, a stack and an allocator arena of
/// 192 MiB a thread, and 1 GiB for code, the statement's stack and the allocator's reserve.
fn space(memory_mb: u64, threads: u32) -> u64 {
    (memory_mb * 2 + u64::from(threads) * 192 + 1024) << 20
}

/// Confines this thread and all it starts from now on.
pub(crate) fn confine(rights: &Rights<'_>) -> io::Result<Enforced> {
    // Under memory pressure the kernel takes a worker, not the server.
    let _ = std::fs::write("/proc/self/oom_score_adj", "900");
    limit(Resource::Core, 0)?;
    limit(Resource::As, rights.space)?;
    limit(Resource::Nofile, rights.read.len() as u64 + 256)?;
    if rights.write.is_empty() {
        limit(Resource::Fsize, 0)?;
    }
    landlock(rights).map_err(io::Error::other)
}

/// How many threads this process has.
pub(crate) fn threads() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    // Never above what we were given: raising a hard limit is refused.
    let given = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let most = most.min(given);
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    Ok(())
}

fn landlock(rights: &Rights<'_>) -> Result<Enforced, landlock::RulesetError> {
    // The newest we know; older kernels enforce the part they have.
    let abi = ABI::V6;
    let all = AccessFs::from_all(abi);
    let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = (all & !BitFlags::from(AccessFs::Execute))
        & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSock | AccessFs::MakeFifo | AccessFs::MakeSym);
    let status = Ruleset::default()
        .handle_access(all)?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(&rights.read, read))?
        .add_rules(path_beneath_rules(&rights.write, write))?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Enforced::Fully,
        RulesetStatus::PartiallyEnforced => Enforced::Partly,
        RulesetStatus::NotEnforced => Enforced::No,
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, io::ErrorKind, net::TcpStream};

    use super::*;

    #[test]
    fn the_kernel_alone_keeps_a_confined_thread_to_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["mine", "other"] {
            fs::write(path(name), name).unwrap();
        }
        fs::create_dir(path("scratch")).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // Landlock binds a thread; the rest of the tests goes on unconfined.
        std::thread::scope(|scope| {
            let confined = scope.spawn(|| {
                let (mine, scratch) = (path("mine"), path("scratch"));
                let rights = Rights { read: vec![&mine], write: vec![&scratch], space: u64::MAX };
                if landlock(&rights).unwrap() == Enforced::No {
                    return;
                }
                assert_eq!(fs::read_to_string(path("mine")).unwrap(), "mine");
                fs::write(path("scratch").join("a"), "a").unwrap();
                for denied in [
                    fs::read(path("other")).map(drop),
                    fs::read("/proc/self/environ").map(drop),
                    fs::read_dir(folder.path()).map(drop),
                    fs::write(path("mine"), "changed"),
                    fs::write(path("new"), "new"),
                    fs::remove_file(path("other")),
                ] {
                    assert_eq!(denied.unwrap_err().kind(), ErrorKind::PermissionDenied);
                }
                assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::PermissionDenied);
            });
            confined.join().unwrap();
        });
        TcpStream::connect(address).unwrap();
    }
}
