CREATE TABLE IF NOT EXISTS agnes_schema (version INTEGER, applied_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS agnes_counters (name VARCHAR, value BIGINT);
CREATE TABLE IF NOT EXISTS agnes_users (user_id VARCHAR, signed_in_at TIMESTAMP, tokens_valid_from TIMESTAMP);
CREATE TABLE IF NOT EXISTS agnes_links (
    token_hash VARCHAR, user_id VARCHAR, purpose VARCHAR, created_at TIMESTAMP, expires_at TIMESTAMP,
    used_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS agnes_sessions (
    id_hash VARCHAR, user_id VARCHAR, data VARCHAR, method VARCHAR, device VARCHAR, address VARCHAR,
    created_at TIMESTAMP, last_used_at TIMESTAMP, expires_at TIMESTAMP);
-- One row a publication of a table; the current ones have no last generation. Parts and columns are JSON arrays.
CREATE TABLE IF NOT EXISTS agnes_tables (
    name VARCHAR, source VARCHAR, query_mode VARCHAR, digest VARCHAR, rows BIGINT, size_bytes BIGINT, parts VARCHAR,
    columns VARCHAR, extracted_at TIMESTAMP, published_at TIMESTAMP, first_generation BIGINT,
    last_generation BIGINT);
CREATE TABLE IF NOT EXISTS agnes_attempts (
    table_name VARCHAR, source VARCHAR, state VARCHAR, error VARCHAR, rows BIGINT, bytes BIGINT, bad_rows BIGINT,
    duration_ms BIGINT, attempted_at TIMESTAMP, succeeded_at TIMESTAMP);
