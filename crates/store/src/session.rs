//! Who is signed in to the console: kept in memory, written through to `agnes_sessions`.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use duckdb::Connection;
use parking_lot::RwLock;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
    writer::Queue,
};

/// The last use of a session is written to disk this often at most.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long an ended session is remembered, so that a request still under way cannot bring it back.
const ENDED_FOR: TimeDelta = TimeDelta::hours(1);

/// A session, by the hash of its cookie.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRow {
    /// Lower-case hex SHA-256 of the cookie's value.
    pub id_hash: String,
    /// Who is signed in; none while somebody is on their way.
    pub user_id: Option<String>,
    /// Whatever the session layer keeps, JSON.
    pub data: String,
    /// How they signed in.
    pub method: Option<String>,
    /// What they signed in with, for the list of sessions.
    pub device: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when it was used, to within a minute after a restart.
    pub last_used_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// The sessions there are.
pub struct Sessions {
    memory: Arc<RwLock<Memory>>,
    queue: Queue,
}

#[derive(Default)]
struct Memory {
    sessions: HashMap<String, Kept>,
    ended: HashMap<String, DateTime<Utc>>,
}

struct Kept {
    row: Arc<SessionRow>,
    written_at: DateTime<Utc>,
}

impl Sessions {
    pub(crate) fn new(rows: Vec<SessionRow>, queue: Queue) -> Self {
        let keep = |row: SessionRow| (row.id_hash.clone(), Kept { written_at: row.last_used_at, row: Arc::new(row) });
        let sessions = rows.into_iter().map(keep).collect();
        Self { memory: Arc::new(RwLock::new(Memory { sessions, ended: HashMap::new() })), queue }
    }

    /// The session of this hash, good or expired.
    #[must_use]
    pub fn find(&self, id_hash: &str) -> Option<Arc<SessionRow>> {
        self.memory.read().sessions.get(id_hash).map(|kept| Arc::clone(&kept.row))
    }

    /// Somebody's sessions, newest first.
    #[must_use]
    pub fn list_user(&self, user_id: &str) -> Vec<Arc<SessionRow>> {
        let memory = self.memory.read();
        let theirs = memory.sessions.values().filter(|kept| kept.row.user_id.as_deref() == Some(user_id));
        let mut rows: Vec<_> = theirs.map(|kept| Arc::clone(&kept.row)).collect();
        rows.sort_by(|one, other| (other.created_at, &one.id_hash).cmp(&(one.created_at, &other.id_hash)));
        rows
    }

    /// Adds or replaces a session. One that was ended stays ended. Answers whether it is there now.
    ///
    /// # Errors
    /// When it could not be written to disk; it is good until the next restart all the same.
    pub async fn save(&self, row: SessionRow) -> Result<bool, Error> {
        let id_hash = row.id_hash.clone();
        {
            let mut memory = self.memory.write();
            if memory.ended.contains_key(&id_hash) {
                return Ok(false);
            }
            let kept = Kept { written_at: row.last_used_at, row: Arc::new(row) };
            memory.sessions.insert(id_hash.clone(), kept);
        }
        self.write_through(vec![id_hash]).await?;
        Ok(true)
    }

    /// Notes a use. Seen at once; on disk once a minute, in the background.
    pub fn touch(&self, id_hash: &str, at: DateTime<Utc>, expires_at: DateTime<Utc>) {
        let mut memory = self.memory.write();
        let Some(kept) = memory.sessions.get_mut(id_hash) else { return };
        let row = SessionRow { last_used_at: at, expires_at, ..SessionRow::clone(&kept.row) };
        kept.row = Arc::new(row);
        if at - kept.written_at < TOUCH_EVERY {
            return;
        }
        let shared = Arc::clone(&self.memory);
        let hash = id_hash.to_owned();
        // A full queue is no reason to wait: the next use tries again.
        if self.queue.submit(move |tx| put(tx, &hash, current(&shared, &hash))) {
            kept.written_at = at;
        }
    }

    /// Ends a session. Answers whether there was one.
    ///
    /// # Errors
    /// When that could not be written to disk; it is over until the next restart all the same.
    pub async fn remove(&self, id_hash: &str, now: DateTime<Utc>) -> Result<bool, Error> {
        let ended = self.end(now, |row| row.id_hash == id_hash);
        let there_was = !ended.is_empty();
        self.memory.write().ended.insert(id_hash.to_owned(), now);
        self.write_through(vec![id_hash.to_owned()]).await?;
        Ok(there_was)
    }

    /// Ends all of somebody's sessions. Answers how many.
    ///
    /// # Errors
    /// As [`Sessions::remove`].
    pub async fn remove_user(&self, user_id: &str, now: DateTime<Utc>) -> Result<usize, Error> {
        let ended = self.end(now, |row| row.user_id.as_deref() == Some(user_id));
        let count = ended.len();
        self.write_through(ended).await?;
        Ok(count)
    }

    /// Drops what has expired. Answers how many.
    ///
    /// # Errors
    /// As [`Sessions::remove`].
    pub async fn remove_expired(&self, now: DateTime<Utc>) -> Result<usize, Error> {
        let ended = self.end(now, |row| row.expires_at <= now);
        let count = ended.len();
        self.write_through(ended).await?;
        Ok(count)
    }

    fn end(&self, now: DateTime<Utc>, which: impl Fn(&SessionRow) -> bool) -> Vec<String> {
        let mut memory = self.memory.write();
        let hit = memory.sessions.values().filter(|kept| which(&kept.row));
        let ended: Vec<String> = hit.map(|kept| kept.row.id_hash.clone()).collect();
        memory.ended.retain(|_, at| now - *at < ENDED_FOR);
        for id_hash in &ended {
            memory.sessions.remove(id_hash);
            memory.ended.insert(id_hash.clone(), now);
        }
        ended
    }

    /// Makes the disk say what memory says when its turn comes: whatever the order of writes, the last one is right.
    async fn write_through(&self, ids: Vec<String>) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let shared = Arc::clone(&self.memory);
        let write =
            move |tx: &mut Tx<'_>| ids.iter().try_for_each(|id_hash| put(tx, id_hash, current(&shared, id_hash)));
        self.queue.transact(write).await
    }
}

fn current(memory: &RwLock<Memory>, id_hash: &str) -> Option<Arc<SessionRow>> {
    memory.read().sessions.get(id_hash).map(|kept| Arc::clone(&kept.row))
}

fn put(tx: &Tx<'_>, id_hash: &str, row: Option<Arc<SessionRow>>) -> Result<(), Error> {
    tx.execute("write a session", "DELETE FROM agnes_sessions WHERE id_hash = ?", values![id_hash])?;
    let Some(row) = row else { return Ok(()) };
    let sql = "
        INSERT INTO agnes_sessions (id_hash, user_id, data, method, device, address, created_at, last_used_at,
                                    expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    tx.execute(
        "write a session",
        sql,
        values![
            &row.id_hash,
            &row.user_id,
            &row.data,
            &row.method,
            &row.device,
            &row.address,
            row.created_at,
            row.last_used_at,
            row.expires_at
        ],
    )?;
    Ok(())
}

pub(crate) fn load(connection: &Connection, now: DateTime<Utc>) -> Result<Vec<SessionRow>, Error> {
    let sql = "
        SELECT id_hash, user_id, data, method, device, address, created_at, last_used_at, expires_at
          FROM agnes_sessions
         WHERE expires_at > ?";
    sql::list(connection, "load sessions", sql, values![now], |row: &Fields<'_>| {
        Ok(SessionRow {
            id_hash: row.text("id_hash")?,
            user_id: row.text_option("user_id")?,
            data: row.text("data")?,
            method: row.text_option("method")?,
            device: row.text_option("device")?,
            address: row.text_option("address")?,
            created_at: row.time("created_at")?,
            last_used_at: row.time("last_used_at")?,
            expires_at: row.time("expires_at")?,
        })
    })
}
