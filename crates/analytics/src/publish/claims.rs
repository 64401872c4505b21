//! Who may publish which name.
//!
//! The owner of a name keeps it while it publishes it, and while any source could not be read: one
//! that is only away for the moment must not find its name taken. Only a positive statement takes a
//! table away: its source was read and does not have it, or is gone.

use std::collections::{BTreeMap, HashMap, HashSet};

use agnes_contract::id::SqlIdent;

use super::{PublishedTable, TableOutcome, TableState, sources::Source};

/// What is to be done about one table of one source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision<'a> {
    /// Take over the row of a source.
    Take { source: usize, row: usize, previous: Option<&'a PublishedTable> },
    /// Nothing: this is the outcome, and what stays published.
    Settled { outcome: Box<TableOutcome>, table: Option<Box<PublishedTable>> },
}

/// Decides about every name anybody publishes or published.
pub(super) fn decide<'a>(previous: &'a [PublishedTable], sources: &[Source]) -> Vec<Decision<'a>> {
    let unread: HashMap<&str, &str> = sources
        .iter()
        .filter_map(|source| Some((source.name.as_str(), source.contents.as_ref().err()?.as_str())))
        .collect();
    let mut decisions = Vec::new();
    let mut claims = claims(sources, &mut decisions);
    let published: HashMap<String, &PublishedTable> =
        previous.iter().map(|table| (table.name.to_lowercase(), table)).collect();
    for (name, table) in &published {
        if !claims.contains_key(name) {
            decisions.push(match unread.get(table.source.as_str()) {
                Some(reason) => Decision::keep(table, Some(unreadable(reason))),
                None => Decision::remove(table),
            });
        }
    }
    for (name, claimants) in &mut claims {
        let previous = published.get(name).copied();
        let winner = match previous {
            None => claimants.first().copied(),
            Some(table) => {
                let owner = claimants.iter().find(|(source, _)| sources[*source].name == table.source);
                match owner {
                    Some(claim) => Some(*claim),
                    None if unread.is_empty() => claimants.first().copied(),
                    None => {
                        let error = unread.get(table.source.as_str()).map(|reason| unreadable(reason));
                        decisions.push(Decision::keep(table, error));
                        None
                    }
                }
            }
        };
        let owner = winner.map(|(source, _)| sources[source].name.as_str());
        let owner = owner.or(previous.map(|table| table.source.as_str())).unwrap_or_default();
        for claim in claimants.drain(..) {
            let (source, row) = claim;
            decisions.push(if Some(claim) == winner {
                Decision::Take { source, row, previous }
            } else {
                let table = &sources[source].rows()[row].table;
                Decision::refuse(&sources[source].name, table, format!("the name belongs to source '{owner}'"))
            });
        }
    }
    // In the order sources list their tables; what is only kept or removed comes first.
    decisions.sort_by_key(|decision| match decision {
        Decision::Take { source, row, .. } => Some((*source, *row)),
        _ => None,
    });
    decisions
}

fn unreadable(reason: &str) -> String {
    format!("the source could not be read: {reason}")
}

/// Rows by name ignoring case, of each source at most one.
fn claims(sources: &[Source], decisions: &mut Vec<Decision<'_>>) -> BTreeMap<String, Vec<(usize, usize)>> {
    let mut claims: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (index, source) in sources.iter().enumerate() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let mut repeated = HashSet::new();
        for (row, meta) in source.rows().iter().enumerate() {
            if SqlIdent::new(meta.table.as_str()).is_err() {
                tracing::warn!(source.name = %source.name, "A table is passed over: its name is not an identifier");
                continue;
            }
            let name = meta.table.to_lowercase();
            match seen.get(&name) {
                None => {
                    seen.insert(name.clone(), &meta.table);
                    claims.entry(name).or_default().push((index, row));
                }
                Some(first) if *first != meta.table && repeated.insert(&meta.table) => {
                    let reason = format!("the name differs only in case from '{first}' of the same source");
                    decisions.push(Decision::refuse(&source.name, &meta.table, reason));
                }
                Some(_) => {}
            }
        }
    }
    claims
}

impl Decision<'_> {
    /// Leave what is published; with the reason when it should be newer.
    fn keep(previous: &PublishedTable, error: Option<String>) -> Self {
        let state = error.map_or(TableState::Unchanged, TableState::Error);
        let outcome = TableOutcome::new(&previous.name, &previous.source, state, Some(previous));
        Self::Settled { outcome: Box::new(outcome), table: Some(Box::new(previous.clone())) }
    }

    /// Its source no longer has it.
    fn remove(previous: &PublishedTable) -> Self {
        let outcome = TableOutcome::new(&previous.name, &previous.source, TableState::Removed, None);
        Self::Settled { outcome: Box::new(outcome), table: None }
    }

    /// The name is somebody else's.
    fn refuse(source: &str, table: &str, reason: String) -> Self {
        let outcome = TableOutcome::new(table, source, TableState::Error(reason), None);
        Self::Settled { outcome: Box::new(outcome), table: None }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::worker::protocol::{Contents, MetaRow};

    fn source(name: &str, tables: Option<&[&str]>) -> Source {
        let row = |table: &&str| MetaRow { table: (*table).into(), query_mode: None, extracted_at: None };
        let contents = tables.map(|tables| Contents { rows: tables.iter().map(row).collect(), ..Contents::default() });
        Source {
            name: name.into(),
            contents: contents.map(|contents| (PathBuf::new(), contents)).ok_or("garbage".into()),
        }
    }

    fn published(name: &str, source: &str) -> PublishedTable {
        PublishedTable {
            name: name.into(),
            source: source.into(),
            query_mode: "local".into(),
            digest: None,
            rows: 0,
            size_bytes: 0,
            parts: vec![],
            columns: vec![],
            extracted_at: None,
        }
    }

    /// What happens, as `alpha.orders take`, in order of names.
    fn check(previous: &[PublishedTable], sources: &[Source], expected: &[&str]) {
        let mut lines: Vec<String> = decide(previous, sources)
            .into_iter()
            .map(|decision| match decision {
                Decision::Take { source, row, .. } => {
                    format!("{}.{} take", sources[source].name, sources[source].rows()[row].table)
                }
                Decision::Settled { outcome, table } => {
                    let kept = if table.is_some() { "kept" } else { "gone" };
                    let error = matches!(outcome.state, TableState::Error(_));
                    format!("{}.{} {}{kept}", outcome.source, outcome.table, if error { "error " } else { "" })
                }
            })
            .collect();
        lines.sort();
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_first_source_to_claim_a_name_keeps_it_while_it_publishes_it() {
        let both = [source("alpha", Some(&["orders"])), source("beta", Some(&["ORDERS", "own"]))];
        check(&[], &both, &["alpha.orders take", "beta.ORDERS error gone", "beta.own take"]);
        check(&[published("orders", "beta")], &both, &["alpha.orders error gone", "beta.ORDERS take", "beta.own take"]);
    }

    #[test]
    fn a_name_passes_on_when_its_owner_says_so_and_everybody_could_be_read() {
        let owned = [published("orders", "alpha")];
        let stopped = source("alpha", Some(&[]));
        check(&owned, &[stopped, source("beta", Some(&["orders"]))], &["beta.orders take"]);
        let unclean = [source("alpha", Some(&[])), source("beta", Some(&["orders"])), source("gamma", None)];
        check(&owned, &unclean, &["alpha.orders kept", "beta.orders error gone"]);
        let garbage = [source("alpha", None), source("beta", Some(&["orders"]))];
        check(&owned, &garbage, &["alpha.orders error kept", "beta.orders error gone"]);
    }

    #[test]
    fn only_a_positive_statement_removes() {
        let owned = [published("a", "alpha"), published("b", "beta"), published("c", "gamma")];
        let sources = [source("alpha", None), source("beta", Some(&[]))];
        check(&owned, &sources, &["alpha.a error kept", "beta.b gone", "gamma.c gone"]);
    }

    #[test]
    fn hostile_and_repeated_names_of_one_source_do_no_harm() {
        let tables = ["t", "evil; DROP TABLE users--", "T", "t", "", "ok"];
        check(&[], &[source("alpha", Some(&tables))], &["alpha.T error gone", "alpha.ok take", "alpha.t take"]);
    }
}
