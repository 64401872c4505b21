//! Every environment variable `da` reads, once, with what it means.

macro_rules! variables {
    (ours { $($(#[doc = $doc:literal])* $name:ident;)* } libraries { $($(#[doc = $other_doc:literal])* $other:ident;)* }) => {
        $($(#[doc = $doc])* pub const $name: &str = stringify!($name);)*

        /// Name and meaning of each, for `da --help` and the reference page.
        pub const ALL: &[(&str, &str)] = &[
            $((stringify!($name), concat!($($doc),*)),)*
            $((stringify!($other), concat!($($other_doc),*)),)*
        ];
    };
}

variables! {
    ours {
        /// Folder of config.yaml, token.json and the sync state. Default: ~/.config/da.
        DA_CONFIG_DIR;
        /// Address of the server. Wins over config.yaml; default http://localhost:8000.
        DA_SERVER;
        /// Access token. When not empty it wins over token.json.
        DA_TOKEN;
        /// Workspace folder. Default: the nearest workspace above the current folder, or the current folder.
        DA_LOCAL_DIR;
        /// How often an interrupted download is tried again. Default: 3.
        DA_STREAM_RETRIES;
        /// 1, true or yes: never ask the server whether a newer da exists.
        DA_NO_UPDATE_CHECK;
        /// Gigabytes `da disk-info` names as the cap for snapshots. Default: 10.
        AGNES_SNAPSHOT_QUOTA_GB;
        /// Set: no colour, no moving progress.
        NO_COLOR;
    }
    libraries {
        /// Where the user's home is, for the default of DA_CONFIG_DIR.
        HOME;
        /// Proxy for http:// addresses.
        HTTP_PROXY;
        /// Proxy for https:// addresses.
        HTTPS_PROXY;
        /// Hosts that are reached without a proxy.
        NO_PROXY;
        /// Certificates to trust instead of the system's, as a PEM file.
        SSL_CERT_FILE;
        /// Certificates to trust instead of the system's, as a folder.
        SSL_CERT_DIR;
    }
}
