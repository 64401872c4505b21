//! A labelled input with its hint, its error beside it, and what had been typed.

use leptos::prelude::*;

use crate::error::ConsoleError;

/// The value a field starts with: what had been typed before an error, else what is given.
fn start(error: Signal<Option<ConsoleError>>, name: &str, given: Option<String>) -> String {
    error
        .with_untracked(|error| error.as_ref().and_then(|error| error.kept(name).map(str::to_owned)))
        .or(given)
        .unwrap_or_default()
}

/// The sentence of an error, when it is about this field.
fn complaint(error: Signal<Option<ConsoleError>>, field: &str) -> Option<String> {
    error.with(|error| {
        error.as_ref().filter(|error| error.field.as_deref() == Some(field)).map(|error| error.detail.clone())
    })
}

#[component]
fn Below(
    id: String,
    #[prop(into)] field: String,
    hint: &'static str,
    error: Signal<Option<ConsoleError>>,
) -> impl IntoView {
    view! {
        {(!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        {move || complaint(error, &field).map(|text| view! { <p class="complaint" role="alert">{text}</p> })}
    }
    .into_any()
}

/// The field's own name inside `form[name]`.
fn bare(name: &str) -> &str {
    name.rsplit('[').next().unwrap_or(name).trim_end_matches(']')
}

/// A line to type into.
#[component]
pub fn Field(
    /// What it is, for people.
    label: &'static str,
    /// Its name in the form: `form[name]`.
    name: &'static str,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: Option<String>,
    /// How to fill it in.
    #[prop(default = "")]
    hint: &'static str,
    /// Cannot be left empty.
    #[prop(optional)]
    required: bool,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The most characters it takes.
    #[prop(default = 200)]
    maxlength: u16,
    /// The id of a list of suggestions.
    #[prop(default = "")]
    list: &'static str,
    /// What the form failed with.
    #[prop(optional)]
    error: Signal<Option<ConsoleError>>,
) -> impl IntoView {
    let field = bare(name);
    let id = format!("field-{field}");
    let invalid = move || complaint(error, field).is_some().then_some("true");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                type=kind
                name=name
                value=start(error, field, value)
                required=required
                autocomplete=autocomplete
                maxlength=maxlength
                list=(!list.is_empty()).then_some(list)
                aria-invalid=invalid
                aria-describedby=(!hint.is_empty()).then(|| format!("{id}-hint"))
            />
            <Below id field hint error />
        </div>
    }
    .into_any()
}

/// Several lines to type into.
#[component]
pub fn TextArea(
    /// What it is, for people.
    label: &'static str,
    /// Its name in the form: `form[name]`.
    name: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: Option<String>,
    /// How to fill it in.
    #[prop(default = "")]
    hint: &'static str,
    /// What the form failed with.
    #[prop(optional)]
    error: Signal<Option<ConsoleError>>,
) -> impl IntoView {
    let field = bare(name);
    let id = format!("field-{field}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                name=name
                rows="2"
                maxlength="2000"
                aria-describedby=(!hint.is_empty()).then(|| format!("{id}-hint"))
            >
                {start(error, field, value)}
            </textarea>
            <Below id field hint error />
        </div>
    }
    .into_any()
}

/// One of a few: value, words and explanation of each.
#[component]
pub fn Choice(
    /// What is chosen, for people.
    legend: &'static str,
    /// Its name in the form: `form[name]`.
    name: &'static str,
    /// Value, words, explanation.
    options: Vec<(&'static str, &'static str, &'static str)>,
    /// The one to start with; none makes people choose.
    #[prop(optional, into)]
    value: Option<String>,
    /// What the form failed with.
    #[prop(optional)]
    error: Signal<Option<ConsoleError>>,
) -> impl IntoView {
    let field = bare(name);
    let chosen = start(error, field, value);
    let options = options
        .into_iter()
        .map(|(value, words, explanation)| {
            view! {
                <label class="option">
                    <input type="radio" name=name value=value checked=chosen == value required />
                    <span>
                        <span class="option-words">{words}</span>
                        {(!explanation.is_empty()).then(|| view! { <span class="hint">{explanation}</span> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field choice">
            <legend>{legend}</legend>
            {options}
            <Below id=format!("field-{field}") field hint="" error />
        </fieldset>
    }
    .into_any()
}
