//! The integer ids of what a batch of payloads names.

use std::collections::{BTreeMap, HashSet};

use pings_database::{Bind, Result, Transaction};

use crate::ingest::intern::{CODES, INSTANCES, Names, Numbers, ORIGINS, SERIES, name};
use crate::ingest::received::Received;
use crate::registry::origin::{self, Seen, text};

/// The ids of the names in a batch.
pub(crate) struct Batch {
    pub(crate) instances: Numbers,
    pub(crate) codes: Numbers,
    series: Numbers,
    /// The series ids of the values, by the index of the payload and of the value.
    pub(crate) series_of: Vec<Vec<i64>>,
    pub(crate) origins: Numbers,
}

impl Batch {
    pub(crate) async fn numbers(
        tx: &mut Transaction,
        names: &Names,
        batch: &[Received],
    ) -> Result<Self> {
        let instances = batch.iter().map(|it| it.instance.to_string()).collect();
        let mut origins: HashSet<String> = batch.iter().map(origin).collect();
        for it in batch {
            let places = 0..it.rows.codes.len();
            origins.extend(places.filter_map(|place| Some(origin_of_code(it, place)?.0)));
        }
        let codes: HashSet<String> = batch
            .iter()
            .flat_map(|it| it.rows.codes.iter().map(|code| name(&[&it.registry, code])))
            .collect();
        let codes = names.codes.numbers(tx, &CODES, codes).await?;
        let mut of_batch = Vec::with_capacity(batch.len());
        for it in batch {
            let all = it.rows.codes.iter();
            let all = all.map(|code| codes.of(&name(&[&it.registry, code])));
            let all = all.collect::<sqlx::Result<Vec<i64>>>()?;
            let rows = it.rows.measurements.iter();
            of_batch.push(rows.map(|row| row.series(all[row.code])).collect());
        }
        let of_batch: Vec<Vec<String>> = of_batch;
        let series: HashSet<String> = of_batch.iter().flatten().cloned().collect();
        let series = names.series.numbers(tx, &SERIES, series).await?;
        let series_of = of_batch
            .iter()
            .map(|of| of.iter().map(|name| series.of(name)).collect());
        let series_of = series_of.collect::<sqlx::Result<_>>()?;
        let origins = names.origins.numbers(tx, &ORIGINS, origins).await?;
        note_origins(tx, batch, &origins).await?;
        Ok(Self {
            instances: names.instances.numbers(tx, &INSTANCES, instances).await?,
            codes,
            series,
            series_of,
            origins,
        })
    }

    pub(crate) fn remember(self, names: &mut Names) {
        names.instances.remember(self.instances);
        names.codes.remember(self.codes);
        names.series.remember(self.series);
        names.origins.remember(self.origins);
    }
}

/// Returns the name of the origin of a payload.
pub(crate) fn origin(received: &Received) -> String {
    origin_name(received, &received.fingerprint, &received.versions)
}

fn origin_name(received: &Received, fingerprint: &str, versions: &[Seen]) -> String {
    name(&[&received.registry, fingerprint, &text(versions)])
}

/// Returns the fingerprint and the versions of the origin of a code, if they differ from those of the
/// payload: because a version captured the code, because an earlier revision carried its value, or
/// because the value is of another window than the week.
pub(crate) fn of_code(received: &Received, place: usize) -> Option<(&str, Vec<Seen>)> {
    let by = received.rows.captured_by[place];
    let from = received.rows.kept_from[place].as_deref();
    let window = received.rows.windows[place].as_deref();
    if by.is_none() && from.is_none() && window.is_none() {
        return None;
    }
    let fingerprint = from.unwrap_or(&received.fingerprint);
    let seen = match by {
        Some(version) => vec![origin::captured(version)],
        None => window.unwrap_or(&received.versions).to_vec(),
    };
    Some((fingerprint, seen))
}

/// Returns the name and the versions of the origin of a code, if it differs from that of the payload.
pub(super) fn origin_of_code(received: &Received, place: usize) -> Option<(String, Vec<Seen>)> {
    let (fingerprint, seen) = of_code(received, place)?;
    Some((origin_name(received, fingerprint, &seen), seen))
}

/// Records the versions of new origins.
pub(crate) async fn note_origins(
    tx: &mut Transaction,
    batch: &[Received],
    origins: &Numbers,
) -> sqlx::Result<()> {
    let mut values = Vec::new();
    let of_codes = batch.iter().flat_map(|received| {
        let places = 0..received.rows.codes.len();
        places.filter_map(|place| origin_of_code(received, place))
    });
    let whole = batch.iter().map(|it| (origin(it), it.versions.clone()));
    let all: BTreeMap<String, Vec<Seen>> = of_codes.chain(whole).collect();
    for (name, versions) in &all {
        let Some(id) = origins.new.get(name) else {
            continue;
        };
        let exact = Bind::Text(&origin::exact(versions));
        let sql = "UPDATE origins SET exact_versions = $1 WHERE id = $2";
        tx.run(sql, &[exact, Bind::Integer(*id)]).await?;
        for seen in versions {
            values.push(Bind::Integer(*id));
            values.push(Bind::Text(&seen.version));
            values.push(seen.key.as_deref().map_or(Bind::Null, Bind::Text));
        }
    }
    tx.insert("origin_versions", &["origin", "version", "key"], &values)
        .await
}
