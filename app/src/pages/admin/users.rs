//! People: who has an account, who may sign in.

mod form;
mod listing;

use agnes_contract::user::User;
use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

pub use self::form::{CreateUser, SetActive, SetPassword};
use self::{
    form::{NewPersonDialog, PasswordDialog},
    listing::Listing,
};
use crate::{
    components::{FormError, Glyph, Icon, Loaded, PageHeader, Pager, Search, failure},
    done,
    error::ConsoleError,
    query, words,
};

const PATH: &str = "/admin/users";

/// People on one page.
pub const PAGE_SIZE: u64 = 100;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// When the page was made.
    pub now: DateTime<Utc>,
    /// The one who reads it.
    pub me: String,
    /// The people of this page.
    pub users: Vec<User>,
    /// How many match.
    pub matching: u64,
    /// How many there are.
    pub total: u64,
    /// The person a dialog is about.
    pub selected: Option<User>,
}

/// People with an account.
#[server(prefix = "/console", endpoint = "users", input = GetUrl)]
pub async fn read_people(q: String, page: u32, selected: String) -> Result<People, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let now = crate::backend::now()?;
    let users = service.user_list(&actor).await?;
    let total = users.len() as u64;
    let chosen = users.iter().find(|user| user.id == selected).cloned();
    let needle = q.trim().to_lowercase();
    let matching: Vec<User> = users
        .into_iter()
        .filter(|user| {
            let hay = format!("{} {}", user.email, user.name.as_deref().unwrap_or_default()).to_lowercase();
            needle.split_whitespace().all(|word| hay.contains(word))
        })
        .collect();
    let count = matching.len() as u64;
    let skipped = usize::try_from(u64::from(page.saturating_sub(1)) * PAGE_SIZE).unwrap_or(usize::MAX);
    Ok(People {
        now,
        me: actor.user_id().to_owned(),
        users: matching.into_iter().skip(skipped).take(PAGE_SIZE as usize).collect(),
        matching: count,
        total,
        selected: chosen,
    })
}

/// The page of people.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let q = Memo::new(move |_| query.with(|query| query::value(query, "q")));
    let page = Memo::new(move |_| query.with(query::page));
    let password_of = Memo::new(move |_| query.with(|query| query::value(query, "password")));
    let adding = Memo::new(move |_| query.with(|query| query.get("add").is_some()));
    let create = ServerAction::<CreateUser>::new();
    let activate = ServerAction::<SetActive>::new();
    let password = ServerAction::<SetPassword>::new();
    done::follow(create);
    done::follow(activate);
    done::follow(password);
    let people = Resource::new_blocking(
        move || (q.get(), page.get(), password_of.get(), create.version().get(), activate.version().get()),
        |(q, page, password_of, ..)| read_people(q, page, password_of),
    );
    let list = move || query::address(PATH, &[("q", &q.get())]);
    view! {
        <PageHeader title="People">
            <a class="button primary" href=move || query::extended(&list(), &[("add", "person")]) data-noscroll>
                <Icon glyph=Glyph::Plus />
                "Add a person"
            </a>
        </PageHeader>
        {move || adding.get().then(|| view! { <NewPersonDialog action=create back=list() /> })}
        <FormError error=failure(activate) />
        <Loaded
            from=people
            show=move |people| {
                let (page, address) = (page.get_untracked(), query::address(PATH, &[("q", &q.get_untracked())]));
                view! { <Shown people page address text=q activate password /> }
            }
        />
    }
    .into_any()
}

#[component]
fn Shown(
    people: People,
    page: u32,
    address: String,
    text: Memo<String>,
    activate: ServerAction<SetActive>,
    password: ServerAction<SetPassword>,
) -> impl IntoView {
    let found = if people.matching == people.total {
        words::counted(people.total, "account")
    } else {
        format!("{} of {}", words::count(people.matching), words::counted(people.total, "account"))
    };
    view! {
        {people.selected.map(|user| view! { <PasswordDialog user action=password back=address.clone() /> })}
        <div class="toolbar">
            <Search path=PATH label="Search people" value=text />
            <p class="muted num" role="status">
                {found}
            </p>
        </div>
        <Listing users=people.users me=people.me now=people.now address=address.clone() action=activate />
        <Pager page size=PAGE_SIZE total=people.matching address />
    }
    .into_any()
}
