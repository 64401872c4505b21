//! Every key `instance.yaml` may hold. What is not here stops the start, because a mistyped key
//! is a setting somebody believes in.

/// What a key's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number; also as text, because that is what `${NAME}` becomes.
    Whole,
    /// A number.
    Number,
    /// True or false; also as text.
    Flag,
    /// A list of anything.
    List,
    /// A text or a list of texts.
    Texts,
    /// A map whose keys people choose.
    Map,
}

use Kind::{Flag, List, Map, Number, Text, Texts, Whole};

/// The keys; `*` stands for a name people choose.
pub const KEYS: &[(&str, Kind)] = &[
    ("instance.name", Text),
    ("instance.subtitle", Text),
    ("instance.copyright", Text),
    ("instance.logo_svg", Text),
    ("server.hostname", Text),
    ("server.host", Text),
    ("server.app_dir", Text),
    ("server.ssh_alias", Text),
    ("server.ssh_key", Text),
    ("server.project_dir", Text),
    ("admins", List),
    ("deployment.method", Text),
    ("deployment.repo_url", Text),
    ("deployment.branch", Text),
    ("auth.allowed_domain", Texts),
    ("auth.webapp_secret_key", Text),
    ("auth.google_client_id", Text),
    ("auth.google_client_secret", Text),
    ("auth.username_strip_domain", Flag),
    ("auth.username_prefix", Text),
    ("auth.disabled_providers", Texts),
    ("theme.primary", Text),
    ("theme.primary_dark", Text),
    ("theme.primary_light", Text),
    ("theme.text_primary", Text),
    ("theme.text_secondary", Text),
    ("theme.background", Text),
    ("theme.surface", Text),
    ("theme.border", Text),
    ("theme.font_primary", Text),
    ("theme.font_url", Text),
    ("theme.radius", Text),
    ("theme.success", Text),
    ("theme.warning", Text),
    ("theme.error", Text),
    ("data_source.type", Text),
    ("data_source.csv.folder", Text),
    ("data_source.keboola.storage_token", Text),
    ("data_source.keboola.stack_url", Text),
    ("data_source.keboola.token_env", Text),
    ("data_source.keboola.project_id", Text),
    ("data_source.bigquery.project", Text),
    ("data_source.bigquery.location", Text),
    ("data_source.bigquery.billing_project", Text),
    ("data_source.bigquery.legacy_wrap_views", Flag),
    ("keboola.url", Text),
    ("keboola.token_env", Text),
    ("openmetadata.url", Text),
    ("openmetadata.token", Text),
    ("openmetadata.cache_ttl_seconds", Whole),
    ("openmetadata.filter_tag", Text),
    ("openmetadata.data_product", Text),
    ("email.from_address", Text),
    ("email.from_name", Text),
    ("email.smtp_host", Text),
    ("email.smtp_port", Whole),
    ("email.smtp_user", Text),
    ("email.smtp_password", Text),
    ("desktop.jwt_issuer", Text),
    ("desktop.jwt_secret", Text),
    ("desktop.url_scheme", Text),
    ("telegram.bot_token", Text),
    ("telegram.bot_username", Text),
    ("telegram.domain_suffix", Text),
    ("jira.domain", Text),
    ("jira.email", Text),
    ("jira.api_token", Text),
    ("jira.webhook_secret", Text),
    ("jira.sla_email", Text),
    ("jira.sla_api_token", Text),
    ("jira.cloud_id", Text),
    ("ai.provider", Text),
    ("ai.api_key", Text),
    ("ai.base_url", Text),
    ("ai.model", Text),
    ("ai.structured_output", Text),
    ("ai.verify_ssl", Flag),
    ("ai.anthropic_api_key", Text),
    ("corporate_memory.distribution_mode", Text),
    ("corporate_memory.approval_mode", Text),
    ("corporate_memory.review_period_months", Whole),
    ("corporate_memory.notify_on_new_items", Flag),
    ("corporate_memory.groups", Map),
    ("groups.*.label", Text),
    ("groups.*.members", Texts),
    ("users.*.display_name", Text),
    ("users.*.km_admin", Flag),
    ("username_mapping", Map),
    ("datasets.*.label", Text),
    ("datasets.*.description", Text),
    ("datasets.*.size_hint", Text),
    ("datasets.*.requires", Texts),
    ("catalog.categories.*.label", Text),
    ("catalog.categories.*.icon", Text),
    ("catalog.order", Texts),
    ("profiler.sample_size", Whole),
    ("profiler.max_categorical_distinct", Whole),
    ("profiler.top_values_limit", Whole),
    ("profiler.histogram_bins", Whole),
    ("profiler.sample_rows_limit", Whole),
    ("profiler.sample_values_limit", Whole),
    ("profiler.alert_high_missing_pct", Number),
    ("profiler.alert_missing_pct", Number),
    ("profiler.alert_imbalance_pct", Number),
    ("profiler.alert_high_cardinality", Whole),
    ("remote_query.timeout_seconds", Whole),
    ("remote_query.max_result_rows", Whole),
    ("remote_query.max_bq_registration_rows", Whole),
    ("remote_query.max_memory_mb", Whole),
    ("remote_query.default_format", Text),
    ("remote_query.output_dir", Text),
    ("api.scan.max_limit", Whole),
    ("api.scan.max_result_bytes", Whole),
    ("api.scan.max_concurrent_per_user", Whole),
    ("api.scan.max_daily_bytes_per_user", Whole),
    ("api.scan.bq_cost_per_tb_usd", Number),
    ("api.scan.request_timeout_seconds", Whole),
    ("api.catalog_cache_ttl_seconds", Whole),
    ("api.schema_cache_ttl_seconds", Whole),
    ("api.sample_cache_ttl_seconds", Whole),
];

/// The literal form of a theme key, `--primary`, is taken as well.
const THEME_LITERAL: &str = "theme.--";

fn matches(pattern: &str, path: &[String]) -> bool {
    let mut parts = pattern.split('.');
    path.iter().all(|name| parts.next().is_some_and(|part| part == "*" || part == name)) && parts.next().is_none()
}

fn leads_to(pattern: &str, path: &[String]) -> bool {
    let mut parts = pattern.split('.');
    path.iter().all(|name| parts.next().is_some_and(|part| part == "*" || part == name)) && parts.next().is_some()
}

/// What the value at this path has to be, when the path ends here.
#[must_use]
pub fn kind(path: &[String]) -> Option<Kind> {
    let known = KEYS.iter().find(|(pattern, _)| matches(pattern, path)).map(|(_, kind)| *kind);
    known.or_else(|| path.join(".").starts_with(THEME_LITERAL).then_some(Text))
}

/// Whether known keys stand below this path.
#[must_use]
pub fn is_section(path: &[String]) -> bool {
    KEYS.iter().any(|(pattern, _)| leads_to(pattern, path))
}

/// The known key that is spelt most like this one.
#[must_use]
pub fn nearest(path: &[String]) -> String {
    let wanted = path.join(".");
    let candidates = KEYS.iter().flat_map(|(pattern, _)| {
        // The key itself, and the sections above it.
        let parts: Vec<&str> = pattern.split('.').collect();
        (1..=parts.len()).map(move |count| parts[..count].join("."))
    });
    candidates.min_by_key(|candidate| distance(candidate, &wanted)).unwrap_or_default()
}

/// How many letters have to be inserted, left out or exchanged.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let exchange = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = exchange.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_key_is_led_to_the_one_meant() {
        let check = |path: &str, expected: &str| {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            assert_eq!(nearest(&path), expected);
        };
        check("instance.nmae", "instance.name");
        check("instnace", "instance");
        check("auth.allowed_domains", "auth.allowed_domain");
        check("api.scan.max_limits", "api.scan.max_limit");
    }
}
