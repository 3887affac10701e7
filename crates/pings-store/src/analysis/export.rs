//! Everything that the store has, in parts by registry and week.

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use sha2::{Digest, Sha256};

use crate::reader::Reader;
use crate::store::Store;

/// The version of the content of parts. A new version makes every part change.
const FORMAT: u32 = 2;

/// The number of payloads that are read at once.
const AT_ONCE: i64 = 100;

/// The numbers that are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exported {
    /// The rows of the view `measurements_trusted`.
    Trusted,
    /// The rows of the view `measurements_labelled`.
    Labelled,
    /// The payloads as they were received, with all revisions.
    Raw,
}

/// A part of an export: a week of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPart {
    /// The name of the registry.
    pub registry: String,
    /// The week, such as `2021-W04`.
    pub week: String,
    /// A digest that changes if the content of the part may have changed.
    pub digest: String,
}

impl Exported {
    /// Returns the name of the export.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Labelled => "labelled",
            Self::Raw => "raw",
        }
    }

    /// Returns the columns with their types.
    #[must_use]
    pub fn columns(self) -> &'static [(&'static str, ValueType)] {
        use ValueType::{Integer, Number, Text, Timestamp};
        const LABELLED: &[(&str, ValueType)] = &[
            ("registry", Text),
            ("code", Text),
            ("week", Text),
            ("instance", Text),
            ("versions", Text),
            ("dimensions", Text),
            ("measure", Text),
            ("value", Number),
            ("trust", Text),
            ("reason", Text),
            ("fix", Integer),
        ];
        const RAW: &[(&str, ValueType)] = &[
            ("id", Integer),
            ("registry", Text),
            ("week", Text),
            ("instance", Text),
            ("revision", Integer),
            ("received_at", Timestamp),
            ("is_newest", Integer),
            ("digest", Text),
            ("body", Text),
        ];
        match self {
            Self::Trusted => &LABELLED[..8],
            Self::Labelled => LABELLED,
            Self::Raw => RAW,
        }
    }
}

impl Store {
    /// Returns the parts of an export, by registry and week.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn export_parts(&self, what: Exported) -> Result<Vec<ExportPart>> {
        let mut tx = self.read().await?;
        // A payload that is added, replaced, erased or left out changes one of these numbers.
        let counts = match what {
            Exported::Raw => "is_newest",
            _ => {
                "CASE WHEN instance IN (SELECT id FROM instances WHERE left_out IS NOT NULL) \
                 THEN 0 ELSE is_newest END"
            }
        };
        let sql = format!(
            "SELECT registry, week, count(*), max(id), CAST(sum(id * {counts}) AS bigint), \
               max(received_at) FROM payloads GROUP BY registry, week ORDER BY registry, week"
        );
        let (text, integer) = (ValueType::Text, ValueType::Integer);
        let types = [text, text, integer, integer, integer, text];
        let rows = tx.rows(&sql, &[], &types).await?;
        let mut parts = Vec::with_capacity(rows.len());
        let mut declared: Option<(String, String)> = None;
        for row in rows {
            let [Cell::Text(registry), Cell::Text(week), ..] = &row[..] else {
                continue;
            };
            if declared.as_ref().is_none_or(|(of, _)| of != registry) {
                let digest = match what {
                    Exported::Raw => String::new(),
                    _ => declarations(&mut tx, registry).await?,
                };
                declared = Some((registry.clone(), digest));
            }
            let declared = declared.as_ref().map_or("", |(_, digest)| digest);
            let mut digest = Sha256::new();
            digest.update(format!("{FORMAT} {what:?} {declared} {:?}", &row[2..]));
            parts.push(ExportPart {
                registry: registry.clone(),
                week: week.clone(),
                digest: hex::encode(digest.finalize()),
            });
        }
        tx.end().await?;
        Ok(parts)
    }

    /// Passes the rows of a part to `write`, in a fixed order. A row has the columns of
    /// [`Exported::columns`].
    ///
    /// # Errors
    ///
    /// Returns an error if the database or `write` fails.
    pub async fn export_part<E>(
        &self,
        what: Exported,
        part: &ExportPart,
        mut write: impl FnMut(&[Cell]) -> std::result::Result<(), E>,
    ) -> Result<std::result::Result<u64, E>> {
        let mut tx = self.read().await?;
        let (names, types): (Vec<&str>, Vec<ValueType>) = what.columns().iter().copied().unzip();
        let names = names.join(", ");
        let of_part = [Bind::Text(&part.registry), Bind::Text(&part.week)];
        let mut count = 0;
        if what == Exported::Raw {
            let sql = format!(
                "SELECT {names} FROM ( \
                   SELECT payloads.id, registry, week, uuid AS instance, revision, received_at, \
                     is_newest, digest, body \
                   FROM payloads JOIN instances ON instances.id = payloads.instance \
                   WHERE registry = $1 AND week = $2 AND payloads.id > $3) AS raw \
                 ORDER BY id LIMIT $4"
            );
            let mut last = -1;
            loop {
                let binds = [&of_part[..], &[Bind::Integer(last), Bind::Integer(AT_ONCE)]].concat();
                let rows = tx.rows(&sql, &binds, &types).await?;
                let Some(id) = rows.last().and_then(|row| row[0].integer()) else {
                    break;
                };
                last = id;
                for row in &rows {
                    if let Err(error) = write(row) {
                        return Ok(Err(error));
                    }
                    count += 1;
                }
            }
        } else {
            let view = match what {
                Exported::Trusted => "measurements_trusted",
                _ => "measurements_labelled",
            };
            let sql = format!(
                "SELECT {names} FROM {view} WHERE registry = $1 AND week = $2 AND code = $3 \
                 ORDER BY instance, dimensions, measure"
            );
            for code in codes(&mut tx, &part.registry).await? {
                let binds = [&of_part[..], &[Bind::Text(&code)]].concat();
                for row in tx.rows(&sql, &binds, &types).await? {
                    if let Err(error) = write(&row) {
                        return Ok(Err(error));
                    }
                    count += 1;
                }
            }
        }
        tx.end().await?;
        Ok(Ok(count))
    }
}

/// Returns the codes of a registry that were ever sent.
async fn codes(tx: &mut Reader, registry: &str) -> Result<Vec<String>> {
    let sql = "SELECT code FROM codes WHERE registry = $1";
    let rows = tx
        .rows(sql, &[Bind::Text(registry)], &[ValueType::Text])
        .await?;
    let codes = rows
        .iter()
        .filter_map(|row| row[0].text().map(str::to_owned));
    let mut codes: Vec<String> = codes.collect();
    codes.sort();
    Ok(codes)
}

/// Returns a digest of everything that decides the labels of a registry.
async fn declarations(tx: &mut Reader, registry: &str) -> Result<String> {
    let mut digest = Sha256::new();
    for sql in [
        "SELECT code || ' ' || trust || ' ' || first_key || ' ' || coalesce(end_key, '-') || ' ' || \
           coalesce(CAST(fix AS text), '-') || ' ' || coalesce(reason, '-') FROM ranges WHERE registry = $1",
        "SELECT fingerprint || ' ' || coalesce(declared_digest, '-') FROM fingerprints WHERE registry = $1",
        "SELECT fingerprint || ' ' || code FROM fingerprint_codes WHERE registry = $1",
        "SELECT code || ' ' || measure FROM declared WHERE registry = $1",
    ] {
        let rows = tx
            .rows(sql, &[Bind::Text(registry)], &[ValueType::Text])
            .await?;
        let texts = rows.iter().filter_map(|row| row[0].text());
        let mut texts: Vec<&str> = texts.collect();
        texts.sort_unstable();
        for text in texts {
            digest.update(text);
            digest.update("\n");
        }
        digest.update("\n");
    }
    Ok(hex::encode(digest.finalize()))
}
