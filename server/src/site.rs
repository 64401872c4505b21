//! The built site: read into memory at the start, sent compressed as it was compressed then.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::Path,
    sync::Arc,
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use sha2::{Digest, Sha256};

use crate::{errors, files::none_match};

/// Its name changes with its content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Its name stays.
const REVALIDATE: &str = "public, no-cache";

struct Asset {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    kind: String,
    etag: String,
    immutable: bool,
}

/// Every file of the site.
#[derive(Clone, Default)]
pub struct Site {
    assets: Arc<HashMap<String, Asset>>,
    manifest: Arc<BTreeMap<String, String>>,
}

impl Site {
    /// Reads the folder `cargo xtask` builds; its `manifest.json` leads from logical to file names.
    ///
    /// # Errors
    /// When a file cannot be read, or the manifest is none.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let manifest: BTreeMap<String, String> = serde_json::from_slice(&std::fs::read(folder.join("manifest.json"))?)?;
        let mut files = HashMap::new();
        collect(folder, "", &mut files)?;
        let mut assets = HashMap::new();
        for (name, plain) in &files {
            if name.ends_with(".br") || name.ends_with(".gz") {
                continue;
            }
            let kind = mime_guess::from_path(name).first_or_octet_stream().to_string();
            let immutable = manifest.iter().any(|(logical, file)| file == name && logical != name);
            assets.insert(
                name.clone(),
                Asset {
                    brotli: files.get(&format!("{name}.br")).cloned(),
                    gzip: files.get(&format!("{name}.gz")).cloned(),
                    etag: format!("\"{}\"", &hex::encode(Sha256::digest(plain))[..32]),
                    plain: plain.clone(),
                    kind: with_charset(kind),
                    immutable,
                },
            );
        }
        Ok(Self { assets: Arc::new(assets), manifest: Arc::new(manifest) })
    }

    /// Logical name to file name, both without a slash in front.
    #[must_use]
    pub fn manifest(&self) -> &BTreeMap<String, String> {
        &self.manifest
    }

    /// The answer to a request for `path`, which has no slash in front.
    pub fn answer(&self, path: &str, request: &HeaderMap) -> axum::response::Response {
        let direct = self.assets.get(path);
        let logical = || self.manifest.get(path).and_then(|file| self.assets.get(file));
        let Some(asset) = direct.or_else(logical) else { return errors::not_found().into_response() };
        let immutable = asset.immutable && direct.is_some();
        let mut response = if none_match(request, &asset.etag) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let (bytes, encoding) = asset.variant(request);
            let mut response = Response::new(Body::from(bytes.clone()));
            let headers = response.headers_mut();
            set(headers, header::CONTENT_TYPE, &asset.kind);
            if let Some(encoding) = encoding {
                set(headers, header::CONTENT_ENCODING, encoding);
            }
            response
        };
        let headers = response.headers_mut();
        set(headers, header::ETAG, &asset.etag);
        set(headers, header::CACHE_CONTROL, if immutable { IMMUTABLE } else { REVALIDATE });
        set(headers, header::VARY, "Accept-Encoding");
        response
    }
}

impl Asset {
    fn variant(&self, request: &HeaderMap) -> (&Bytes, Option<&'static str>) {
        let accepted: Vec<&str> = request
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
            .filter(|coding| !coding.replace(' ', "").ends_with(";q=0"))
            .filter_map(|coding| coding.split(';').next())
            .map(str::trim)
            .collect();
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepted.contains(&"br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepted.contains(&"gzip") => (gzip, Some("gzip")),
            _ => (&self.plain, None),
        }
    }
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn with_charset(kind: String) -> String {
    if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind }
}

fn collect(folder: &Path, prefix: &str, files: &mut HashMap<String, Bytes>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || (prefix.is_empty() && name == "manifest.json") {
            continue;
        }
        let name = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, Bytes::from(std::fs::read(entry.path())?));
        }
    }
    Ok(())
}
