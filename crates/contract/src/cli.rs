//! How the command line is handed out.

use serde::{Deserialize, Serialize};

/// `GET /cli/latest`. The first three fields are null when the server has no command line to give.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CliLatest {
    /// Of the newest build there is.
    #[serde(default)]
    pub version: Option<String>,
    /// The wheel for the default platform.
    #[serde(default)]
    pub wheel_filename: Option<String>,
    /// Where it is, below the server's address; begins with `/cli/`.
    #[serde(default)]
    pub download_url_path: Option<String>,
    /// Every file there is. Not sent by old servers.
    #[serde(default)]
    pub artifacts: Vec<CliArtifact>,
}

/// One file of [`CliLatest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CliArtifact {
    /// As it should be called on disk.
    pub filename: String,
    /// Where it is, below the server's address.
    pub url_path: String,
    /// Who can run it: `x86_64-unknown-linux-gnu`.
    pub platform: String,
    /// Of its bytes, 64 lower-case hex digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}
