//! Uploading a file: a plain form, so that the browser streams it as it is.

use agnes_contract::{error::ErrorBody, table::UploadedFile};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::dialogs::Visibility;
use crate::{
    browser,
    components::{Field, FormError, Submit, TextArea},
    done::Done,
    error::ConsoleError,
    query,
};

/// How far an upload is.
#[derive(Clone, Debug, PartialEq)]
pub enum Upload {
    /// So many of a hundred parts are sent.
    Sending(u8),
    /// Stored; the table it feeds.
    Stored(String),
    /// Not stored, and why.
    Refused(ConsoleError),
}

impl Upload {
    /// What an answer of the server means.
    fn answered(status: u16, body: &str) -> Self {
        match (status, serde_json::from_str::<UploadedFile>(body), serde_json::from_str::<ErrorBody>(body)) {
            (200..300, Ok(file), _) => Self::Stored(file.table_name),
            (_, _, Ok(error)) => {
                let told = complaint(&error.code).unwrap_or_default();
                let detail = error.detail.as_str().map_or(told.detail, str::to_owned);
                Self::Refused(ConsoleError { detail, request_id: error.request_id, ..told })
            }
            _ => Self::Refused(complaint("unreachable").unwrap_or_default()),
        }
    }
}

/// The form of a file. With a script the page stays and shows how far it is; without one the
/// server answers with the way back to the list.
#[component]
pub fn UploadForm(
    /// Goes up when a file was stored.
    stored: RwSignal<u32>,
) -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();
    let state = RwSignal::new(None::<Upload>);
    let error = Signal::derive(move || match state.get() {
        Some(Upload::Refused(error)) => Some(error),
        Some(_) => None,
        None => query.with(|query| complaint(&query::value(query, "upload"))),
    });
    let sent = Memo::new(move |_| match state.get() {
        Some(Upload::Sending(percent)) => Some(percent),
        _ => None,
    });
    Effect::new(move |_| {
        if let Some(Upload::Stored(name)) = state.get() {
            stored.update(|count| *count += 1);
            let done = Done::new("file_uploaded", name, super::PATH);
            navigate(&done.address(), NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let submit = move |event: SubmitEvent| {
        browser::upload(
            &event,
            move |percent| state.set(Some(Upload::Sending(percent))),
            move |status, body| {
                state.set(Some(Upload::answered(status, &body)));
            },
        );
    };
    view! {
        <form
            method="post"
            action="/api/admin/uploads"
            enctype="multipart/form-data"
            class="stack"
            on:submit=submit
        >
            <FormError error fields=&["name", "is_public"] />
            <div class="field">
                <label for="field-file">"File"</label>
                <input
                    id="field-file"
                    type="file"
                    name="file"
                    required
                    accept=".csv,.tsv,.jsonl,.ndjson,.parquet,.gz,.zst"
                    aria-describedby="field-file-hint"
                />
                <p class="hint" id="field-file-hint">
                    "CSV, TSV, JSON lines or Parquet, also as .gz or .zst. Types are recognised."
                </p>
            </div>
            <Field
                label="Table name"
                name="name"
                maxlength=128
                error
                hint="Empty takes the name of the file. A table of that name gets this file as its new content."
            />
            <TextArea label="Description" name="description" error />
            <Visibility error value="" name="is_public" />
            {move || {
                sent.get()
                    .map(|percent| {
                        view! { <progress max="100" value=percent aria-label="Sent" class="upload-progress"></progress> }
                    })
            }}
            <Submit label="Upload" pending=Signal::derive(move || sent.get().is_some()) />
        </form>
    }
    .into_any()
}

/// What to say about an upload that was refused, by the code in the address.
fn complaint(code: &str) -> Option<ConsoleError> {
    let error = |detail: &str| ConsoleError::new(code, detail);
    Some(match code {
        "" => return None,
        "body_too_large" => error("The file is larger than this instance takes. Nothing was stored."),
        "table_exists" => {
            error("A table has this name already, and it does not come from an uploaded file.").about("name")
        }
        "invalid_name" | "blank" => {
            error("A table cannot be called that. Use letters, digits and underscores.").about("name")
        }
        "unreachable" => error("The server could not be reached. Check the connection and try again."),
        "disk_full" => error("The disk has no room for this file. Nothing was stored."),
        "admin_required" | "unauthenticated" => error("Only admins upload files. Sign in as one."),
        "validation_failed" | "invalid_request" => {
            error("This is not a file that can become a table: CSV, TSV, JSON lines or Parquet, also as .gz or .zst.")
        }
        _ => error("The upload failed. Nothing was stored; try again."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_upload_is_always_explained() {
        assert_eq!(complaint(""), None);
        assert_eq!(complaint("table_exists").and_then(|error| error.field).as_deref(), Some("name"));
        assert!(complaint("<script>").is_some_and(|error| !error.detail.contains('<')));
    }

    #[test]
    fn the_answer_to_an_upload_is_a_table_or_a_reason() {
        let stored =
            r#"{"table_id":"a","table_name":"A","filename":"a.csv","size_bytes":1,"registered":true,"job_id":"1"}"#;
        assert_eq!(Upload::answered(201, stored), Upload::Stored("A".into()));
        let refused = Upload::answered(409, r#"{"detail":"Table 'a' already registered","code":"table_exists"}"#);
        let Upload::Refused(error) = refused else { panic!("{refused:?}") };
        assert_eq!((error.field.as_deref(), error.detail.as_str()), (Some("name"), "Table 'a' already registered"));
        assert!(matches!(Upload::answered(0, ""), Upload::Refused(_)));
    }
}
