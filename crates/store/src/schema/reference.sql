CREATE TABLE IF NOT EXISTS schema_version (version INTEGER, applied_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS users (
    id VARCHAR, email VARCHAR, name VARCHAR, role VARCHAR, password_hash VARCHAR,
    setup_token VARCHAR, setup_token_created TIMESTAMP, reset_token VARCHAR, reset_token_created TIMESTAMP,
    active BOOLEAN, deactivated_at TIMESTAMP, deactivated_by VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS sync_state (
    table_id VARCHAR, last_sync TIMESTAMP, rows BIGINT, file_size_bytes BIGINT, uncompressed_size_bytes BIGINT,
    columns INTEGER, hash VARCHAR, status VARCHAR, error VARCHAR);
CREATE TABLE IF NOT EXISTS sync_history (
    id VARCHAR, table_id VARCHAR, synced_at TIMESTAMP, rows BIGINT, duration_ms INTEGER, status VARCHAR,
    error VARCHAR);
CREATE TABLE IF NOT EXISTS view_ownership (view_name VARCHAR, source_name VARCHAR, registered_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS user_sync_settings (
    user_id VARCHAR, dataset VARCHAR, enabled BOOLEAN, table_mode VARCHAR, tables JSON, updated_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS knowledge_items (
    id VARCHAR, title VARCHAR, content VARCHAR, category VARCHAR, tags JSON, status VARCHAR, contributors JSON,
    source_user VARCHAR, audience VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS knowledge_votes (item_id VARCHAR, user_id VARCHAR, vote INTEGER, voted_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS audit_log (
    id VARCHAR, timestamp TIMESTAMP, user_id VARCHAR, action VARCHAR, resource VARCHAR, params JSON,
    result VARCHAR, duration_ms INTEGER);
CREATE TABLE IF NOT EXISTS telegram_links (user_id VARCHAR, chat_id BIGINT, linked_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS pending_codes (code VARCHAR, chat_id BIGINT, created_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS script_registry (
    id VARCHAR, name VARCHAR, owner VARCHAR, schedule VARCHAR, source VARCHAR, deployed_at TIMESTAMP,
    last_run TIMESTAMP, last_status VARCHAR);
CREATE TABLE IF NOT EXISTS table_registry (
    id VARCHAR, name VARCHAR, source_type VARCHAR, bucket VARCHAR, source_table VARCHAR, sync_strategy VARCHAR,
    query_mode VARCHAR, sync_schedule VARCHAR, profile_after_sync BOOLEAN, primary_key VARCHAR, folder VARCHAR,
    description VARCHAR, registered_by VARCHAR, is_public BOOLEAN, registered_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS table_profiles (table_id VARCHAR, profile JSON, profiled_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS dataset_permissions (user_id VARCHAR, dataset VARCHAR, access VARCHAR);
CREATE TABLE IF NOT EXISTS access_requests (
    id VARCHAR, user_id VARCHAR, user_email VARCHAR, table_id VARCHAR, reason VARCHAR, status VARCHAR,
    reviewed_by VARCHAR, reviewed_at TIMESTAMP, created_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS metric_definitions (
    id VARCHAR, name VARCHAR, display_name VARCHAR, category VARCHAR, description VARCHAR, type VARCHAR,
    unit VARCHAR, grain VARCHAR, table_name VARCHAR, tables VARCHAR[], expression VARCHAR, time_column VARCHAR,
    dimensions VARCHAR[], filters VARCHAR[], synonyms VARCHAR[], notes VARCHAR[], sql VARCHAR, sql_variants JSON,
    validation JSON, source VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS column_metadata (
    table_id VARCHAR, column_name VARCHAR, basetype VARCHAR, description VARCHAR, confidence VARCHAR,
    source VARCHAR, updated_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS personal_access_tokens (
    id VARCHAR, user_id VARCHAR, name VARCHAR, token_hash VARCHAR, prefix VARCHAR, scopes VARCHAR,
    created_at TIMESTAMP, expires_at TIMESTAMP, last_used_at TIMESTAMP, last_used_ip VARCHAR, revoked_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS marketplace_registry (
    id VARCHAR, name VARCHAR, url VARCHAR, branch VARCHAR, token_env VARCHAR, description VARCHAR,
    registered_by VARCHAR, registered_at TIMESTAMP, last_synced_at TIMESTAMP, last_commit_sha VARCHAR,
    last_error VARCHAR);
CREATE TABLE IF NOT EXISTS marketplace_plugins (
    marketplace_id VARCHAR, name VARCHAR, description VARCHAR, version VARCHAR, author_name VARCHAR,
    homepage VARCHAR, category VARCHAR, source_type VARCHAR, source_spec JSON, raw JSON, updated_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS user_groups (
    id VARCHAR, name VARCHAR, description VARCHAR, is_system BOOLEAN, created_at TIMESTAMP, created_by VARCHAR);
CREATE TABLE IF NOT EXISTS user_group_members (
    user_id VARCHAR, group_id VARCHAR, source VARCHAR, added_at TIMESTAMP, added_by VARCHAR);
CREATE TABLE IF NOT EXISTS resource_grants (
    id VARCHAR, group_id VARCHAR, resource_type VARCHAR, resource_id VARCHAR, assigned_at TIMESTAMP,
    assigned_by VARCHAR);
