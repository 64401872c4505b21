//! Where things are: the checkout, cargo's target directory, and what is built into it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

use anyhow::{Context, Result, bail};

/// The version every part of a build carries.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The checkout and cargo's target directory.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
}

/// Which cargo profile something is built with.
#[derive(Clone, Copy)]
pub enum Profile {
    Dev,
    Release,
}

impl Profile {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--release"],
        }
    }

    fn directory(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

impl Workspace {
    /// Finds the checkout xtask belongs to, wherever it is called from.
    pub fn find() -> Result<Self> {
        // Cargo sets the variable when it runs us; the compiled-in value serves whoever starts the binary by hand.
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask has no parent directory")?.to_owned();
        let target = target_directory(&root)?;
        Ok(Self { root, target })
    }

    /// Where the prebuilt DuckDB library lies. Inside the target directory, so that cargo itself adds it to the
    /// library path of everything it runs.
    pub fn libduckdb(&self) -> PathBuf {
        self.target.join("libduckdb")
    }

    /// The console's static files, as `run` and `test` serve them.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// What the server hands out to those who install `da`, as `run` and `test` serve it.
    pub fn cli_dist(&self) -> PathBuf {
        self.target.join("cli")
    }

    /// An executable cargo built.
    pub fn executable(&self, profile: Profile, name: &str) -> PathBuf {
        self.target.join(profile.directory()).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// A cargo command that finds the prebuilt DuckDB.
    pub fn cargo(&self) -> Command {
        let mut command = cargo(&self.root);
        command.env("DUCKDB_LIB_DIR", self.libduckdb());
        command
    }

    /// Builds the server and the command line.
    pub fn build(&self, profile: Profile) -> Result<()> {
        let mut command = self.cargo();
        command.args(["build", "--package", "agnes-server", "--package", "agnes-cli", "--bins"]);
        run(command.args(profile.arguments()))
    }
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    // What cargo told us about ourselves would look like news to the build scripts below.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

fn target_directory(root: &Path) -> Result<PathBuf> {
    let output = cargo(root)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stderr(Stdio::inherit())
        .output()
        .context("start cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed");
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("read cargo metadata")?;
    let directory = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(directory))
}

/// Runs a command to its end, its output going where ours goes; a failure names it.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a command to its end and says how it ended.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    command.stdin(Stdio::null()).status().with_context(|| format!("start `{}`", shown(command)))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Looks a program up on `PATH`.
pub fn which(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|directory| directory.join(program)).find(|path| path.is_file())
}

/// Puts a directory, made beside it, in the place of another.
pub fn replace_directory(fresh: &Path, place: &Path) -> Result<()> {
    let old = place.with_extension("old");
    remove_directory(&old)?;
    if place.exists() {
        fs::rename(place, &old).with_context(|| format!("set {} aside", place.display()))?;
    }
    fs::rename(fresh, place).with_context(|| format!("put {} in place", place.display()))?;
    remove_directory(&old)
}

/// Removes a directory and what is in it; one that is not there is fine.
pub fn remove_directory(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
