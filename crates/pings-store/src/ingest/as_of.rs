//! The payloads that were known at an earlier time.

use pings_database::{Bind, Cell, Error, Result, Transaction};
use pings_model::ValueType;
use pings_payload::rfc3339;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::ingest::left_out;
use crate::ingest::received::Received;
use crate::reader::Reader;
use crate::store::{Store, UNCONFIRMED};

/// The number of payloads that are copied at once.
const AT_ONCE: i64 = 200;

/// The tables that hold what registries declare and what the vendor knows, with their columns of text.
const COPIED: [(&str, &[&str]); 4] = [
    (
        "fingerprints",
        &[
            "registry",
            "fingerprint",
            "known_since",
            "declared",
            "declared_digest",
        ],
    ),
    ("fingerprint_codes", &["registry", "fingerprint", "code"]),
    ("declared", &["registry", "code", "measure"]),
    ("attributes", &["instance", "name", "value"]),
];

impl Store {
    /// Copies the payloads that were received before a time to an empty store, with the notes that
    /// were written before it. The registries, the attributes of instances and the choice of the
    /// instances that are left out are today's. Returns the number of payloads.
    ///
    /// # Errors
    ///
    /// Returns an error if a database fails, or if a payload cannot be read any more.
    pub async fn copy_before(&self, end: OffsetDateTime, target: &Self) -> Result<u64> {
        let mut from = self.read().await?;
        let mut to = target.write().await?;
        for (table, columns) in COPIED {
            let sql = format!("SELECT {} FROM {table}", columns.join(", "));
            copy(&mut from, &mut to, (table, columns), &sql, &[]).await?;
        }
        let end = rfc3339(end);
        let columns = ["id", "week", "note", "written_at"];
        let sql =
            "SELECT CAST(id AS text), week, note, written_at FROM notes WHERE written_at < $1";
        copy(
            &mut from,
            &mut to,
            ("notes", &columns),
            sql,
            &[Bind::Text(&end)],
        )
        .await?;
        copy_left_out(&mut from, &mut to).await?;
        to.commit().await?;
        let (mut last, mut count) = (-1, 0);
        let sql = "SELECT id, received_at, body FROM payloads \
            WHERE received_at < $1 AND id > $2 ORDER BY id LIMIT $3";
        let types = [ValueType::Integer, ValueType::Text, ValueType::Text];
        loop {
            let binds = [
                Bind::Text(&end),
                Bind::Integer(last),
                Bind::Integer(AT_ONCE),
            ];
            let rows = from.rows(sql, &binds, &types).await?;
            let mut batch = Vec::with_capacity(rows.len());
            for row in rows {
                if let [Cell::Integer(id), Cell::Text(at), Cell::Text(body)] = &row[..] {
                    last = *id;
                    batch.push(read(at, body)?);
                }
            }
            if batch.is_empty() {
                break;
            }
            count += batch.len() as u64;
            target.accept(&batch).await?;
        }
        from.end().await?;
        Ok(count)
    }
}

/// Copies which instances an operator left out, and after how many weeks an instance is confirmed.
async fn copy_left_out(from: &mut Reader, to: &mut Transaction) -> Result<()> {
    let weeks = left_out::confirmed_after(from).await?;
    left_out::confirm_after(to, weeks).await?;
    let sql = "SELECT id, uuid, left_out FROM instances WHERE left_out <> $1";
    let types = [ValueType::Integer, ValueType::Text, ValueType::Text];
    let rows = from.rows(sql, &[Bind::Text(UNCONFIRMED)], &types).await?;
    let cells = rows.iter().flatten();
    let values: Vec<Bind<'_>> = cells
        .map(|cell| match cell {
            Cell::Integer(id) => Bind::Integer(*id),
            cell => cell.text().map_or(Bind::Null, Bind::Text),
        })
        .collect();
    to.insert("instances", &["id", "uuid", "left_out"], &values)
        .await?;
    Ok(())
}

/// Reads a payload as it was when it was received.
fn read(received_at: &str, body: &str) -> Result<Received> {
    let unreadable =
        |reason: String| Error::failure(format!("a stored payload is unreadable: {reason}"));
    let at = OffsetDateTime::parse(received_at, &Rfc3339);
    let at = at.map_err(|error| unreadable(error.to_string()))?;
    let received = Received::read(body.as_bytes().to_vec(), at);
    received.map_err(|malformed| unreadable(format!("{}: {}", malformed.path, malformed.reason)))
}

/// Copies the rows of a query, all of whose columns are texts.
async fn copy(
    from: &mut Reader,
    to: &mut Transaction,
    (table, columns): (&str, &[&str]),
    sql: &str,
    binds: &[Bind<'_>],
) -> Result<()> {
    let types = vec![ValueType::Text; columns.len()];
    let rows = from.rows(sql, binds, &types).await?;
    let cells = rows.iter().flatten();
    let values: Vec<Bind<'_>> = cells
        .map(|cell| cell.text().map_or(Bind::Null, Bind::Text))
        .collect();
    to.load(table, columns, &values).await?;
    Ok(())
}
