//! Opens the store, and registers registries with it.

use std::path::Path;

use pings_model::Registry;
use pings_payload::Week;
use pings_store::{GoesBy, Learned, LeftOut, ReleaseTakenBack, Store, TakenBack};
use tempfile::TempDir;
use time::OffsetDateTime;

use super::entry;
use super::remarks::Remarks;
use crate::failure::Failure;
use crate::output;

/// Opens the store, and creates it first if it does not exist and `create` is set.
pub(super) async fn open(database: &str, create: bool) -> Result<Store, Failure> {
    let url = database.parse()?;
    let store = Store::open(&url, create).await.map_err(|error| {
        Failure::with_help(
            error,
            "create it with `pings store serve`, `import` or `registry`",
        )
    })?;
    if let Some(database) = store.database() {
        output::warn_of(database);
        output::note_migration(database, store.migrated());
    }
    Ok(store)
}

/// Opens the store for a command that uses this registry.
pub(super) async fn open_by(database: &str, registry: &Registry) -> Result<Store, Failure> {
    Ok(open_told(database, registry).await?.0)
}

/// A store that is read, with what is shown beside its numbers.
pub(super) struct Reading {
    pub(super) store: Store,
    pub(super) remarks: Remarks,
    /// The time at which the store is read.
    pub(super) now: OffsetDateTime,
    /// The folder of a store that was made for an earlier time.
    _folder: Option<TempDir>,
}

impl Reading {
    /// Adds the remark how many instances reported the weeks of an answer and are left out of it.
    pub(super) async fn note_left_out(
        &mut self,
        registry: &Registry,
        weeks: impl Iterator<Item = Week> + Clone,
    ) -> Result<(), Failure> {
        let weeks = weeks.clone().min().zip(weeks.max());
        self.remarks.left_out = self.store.left_out(Some(registry), weeks).await?;
        Ok(())
    }
}

/// Opens the store for reading. With `as_of`, the store has only the payloads that were received
/// until the end of that day.
pub(super) async fn open_to_read(
    database: &str,
    registry: &Registry,
    as_of: Option<&str>,
) -> Result<Reading, Failure> {
    let end = as_of.map(entry::end_of_day).transpose()?;
    let store = open_by(database, registry).await?;
    let (store, now, folder) = match end {
        None => (store, OffsetDateTime::now_utc(), None),
        Some(end) => {
            let folder = TempDir::with_prefix("pings-as-of-")
                .map_err(|error| Failure::Ours(format!("no temporary folder: {error}")))?;
            let file = folder.path().join("store.db");
            let then = Store::open(&format!("sqlite://{}", file.display()).parse()?, true).await?;
            store.copy_before(end, &then).await?;
            store.close().await;
            (then, end, Some(folder))
        }
    };
    let remarks = Remarks {
        notes: store.notes_by_week().await?,
        as_of: as_of.map(str::to_owned),
        left_out: LeftOut::default(),
    };
    Ok(Reading {
        store,
        remarks,
        now,
        _folder: folder,
    })
}

/// Opens the store, and returns which registry its views use.
pub(super) async fn open_told(
    database: &str,
    registry: &Registry,
) -> Result<(Store, GoesBy), Failure> {
    let store = open(database, false).await?;
    let name = registry.name();
    let goes_by = store.goes_by(registry).await?;
    match goes_by {
        GoesBy::This => {}
        GoesBy::Another => output::complain(&format!(
            "note: this command uses the given registry, but the store's views use another registry of `{name}`\n\
             help: use the newest registry for both: register it with `pings store registry FILE`, or pass it with --registry"
        )),
        GoesBy::None => output::complain(&format!(
            "note: the store has no registry of `{name}`, so its views do not trust its numbers\n\
             help: register it with `pings store registry FILE`"
        )),
    }
    Ok((store, goes_by))
}

/// A registry that was registered with the store.
pub(super) struct Registered {
    pub(super) learned: Learned,
    /// Whether the store uses the registry from now on.
    pub(super) is_newest: bool,
}

/// Registers a registry with the store. The registry becomes the newest of its name unless it is
/// older than the current one.
pub(super) async fn learn(store: &Store, file: &Path, older: bool) -> Result<Registered, Failure> {
    let loaded = pings_build::load(file).map_err(|failure| Failure::Registry(Box::new(failure)))?;
    let (registry, now) = (&loaded.registry, OffsetDateTime::now_utc());
    let taken = store.takes_back(registry).await?;
    if taken.is_older && !older {
        output::complain(&format!(
            "note: {} is older than the registry that the store uses: {}\n\
             help: the store now accepts its payloads, but keeps using the newer registry; `pings store registry {} --older` makes this registry the newest",
            file.display(),
            taken_back(&taken),
            file.display(),
        ));
        return Ok(Registered {
            learned: store.recognize(registry, now).await?,
            is_newest: false,
        });
    }
    if !taken.is_empty() {
        output::complain(&format!(
            "note: {} reverts declarations in the store: {}",
            file.display(),
            taken_back(&taken)
        ));
    }
    Ok(Registered {
        learned: store.learn(registry, now).await?,
        is_newest: true,
    })
}

/// The maximum number of codes that are named.
const NAMED: usize = 5;

fn taken_back(taken: &TakenBack) -> String {
    let named = |codes: &[String]| {
        let shown: Vec<&str> = codes.iter().take(NAMED).map(String::as_str).collect();
        let more = codes.len().saturating_sub(NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("{}{more}", shown.join(", "))
    };
    let mut parts = Vec::new();
    if !taken.repaired.is_empty() {
        parts.push(format!(
            "it declares fewer broken versions of {}",
            named(&taken.repaired)
        ));
    }
    if !taken.lost.is_empty() {
        parts.push(format!("it lacks {}", named(&taken.lost)));
    }
    match taken.released {
        Some(ReleaseTakenBack::To(version)) => parts.push(format!(
            "versions after {version} would no longer be trusted"
        )),
        Some(ReleaseTakenBack::Removed) => {
            parts.push("versions that were never released would be trusted".to_owned());
        }
        None => {}
    }
    parts.join("; ")
}
