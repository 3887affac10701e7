//! `pings store export`

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use parquet::errors::ParquetError;
use pings_store::{Cell, ExportPart, Exported, LeftOut, Store, number};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::NamedTempFile;

use super::opened::open;
use super::remarks::complain_left_out;
use crate::arguments::Common;
use crate::arguments::reading::{Export as Arguments, Files};
use crate::failure::{Failure, Outcome};
use crate::output::{self, ParquetFile, counted};

/// The name of the file that lists the parts of an export. Spark and Arrow ignore files that begin with
/// `_`.
const MANIFEST: &str = "_manifest.json";

/// The parts that were written, by their paths.
#[derive(Default, Deserialize, Serialize)]
struct Manifest {
    parts: BTreeMap<String, Written>,
}

/// A part that was written.
#[derive(Deserialize, Serialize)]
struct Written {
    digest: String,
    rows: u64,
}

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let what = arguments.what.into();
    let store = open(database, false).await?;
    let folder = arguments.folder.join(Exported::as_str(what));
    let mut manifest = read(&folder)?;
    let parts = store.export_parts(what).await?;
    let named = parts.iter().map(|part| (path(part, arguments.files), part));
    let paths: BTreeMap<String, &ExportPart> = named.collect();
    let (mut written, mut rows) = (0, 0);
    for (path, part) in &paths {
        let file = folder.join(path);
        let known = manifest.parts.get(path);
        if known.is_some_and(|known| known.digest == part.digest) && file.exists() {
            continue;
        }
        let count = write(&store, what, part, (&file, arguments.files)).await?;
        let digest = part.digest.clone();
        manifest.parts.insert(
            path.clone(),
            Written {
                digest,
                rows: count,
            },
        );
        // An interrupted export keeps the parts that it wrote.
        save(&folder, &manifest)?;
        written += 1;
        rows += count;
    }
    // The payloads themselves are exported in any case.
    let left_out = match what {
        Exported::Raw => LeftOut::default(),
        Exported::Trusted | Exported::Labelled => store.left_out(None, None).await?,
    };
    store.close().await;
    let is_gone = |path: &&String| !paths.contains_key(*path);
    let gone: Vec<String> = manifest.parts.keys().filter(is_gone).cloned().collect();
    for path in &gone {
        remove(&folder.join(path))?;
        manifest.parts.remove(path);
    }
    save(&folder, &manifest)?;
    let unchanged = paths.len() as u64 - written;
    if common.is_json() {
        let mut json = json!({
            "what": what.as_str(),
            "folder": folder.display().to_string(),
            "written": written,
            "unchanged": unchanged,
            "removed": gone.len(),
            "rows": rows,
        });
        left_out.add_to(&mut json);
        output::say_json(&json);
    } else {
        let weeks = counted(written, "week", "weeks");
        let rows = counted(rows, "row", "rows");
        let removed = match gone.len() as u64 {
            0 => String::new(),
            count => format!(", {} removed", counted(count, "week", "weeks")),
        };
        let what = format!(
            "{weeks} with {rows} to {}: {unchanged} unchanged{removed}",
            folder.display()
        );
        output::done("Exported", &what);
        complain_left_out(&left_out);
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the path of a part within the folder of its export, in the notation of Hive.
fn path(part: &ExportPart, files: Files) -> String {
    let safe = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    let escape = |character: char| match safe(character) {
        true => character.to_string(),
        false => format!("%{:02X}", u32::from(character)),
    };
    // A payload can have any text as the name of its registry.
    let registry: String = part.registry.chars().map(escape).collect();
    let extension = match files {
        Files::Csv => "csv",
        Files::Parquet => "parquet",
    };
    format!("registry={registry}/week={}/part.{extension}", part.week)
}

/// Writes a part. The file has its name only once it is complete.
async fn write(
    store: &Store,
    what: Exported,
    part: &ExportPart,
    (file, files): (&Path, Files),
) -> Result<u64, Failure> {
    let failed = |error: io::Error| fault(file, &error);
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = NamedTempFile::new_in(folder).map_err(failed)?;
    let to = io::BufWriter::new(temporary.as_file_mut());
    let count = match files {
        Files::Csv => {
            let of_csv = |error: csv::Error| failed(error.into());
            let mut writer = csv::Writer::from_writer(to);
            let names = what.columns().iter().map(|(name, _)| *name);
            writer.write_record(names).map_err(of_csv)?;
            let add = |row: &[Cell]| writer.write_record(row.iter().map(text));
            let count = store.export_part(what, part, add).await?;
            writer.flush().map_err(failed)?;
            count.map_err(of_csv)?
        }
        Files::Parquet => {
            let of_parquet = |error: ParquetError| failed(io::Error::other(error));
            let mut writer = ParquetFile::new(to, what.columns(), None).map_err(of_parquet)?;
            let count = store.export_part(what, part, |row| writer.add(row)).await?;
            let mut to = writer.finish().map_err(of_parquet)?;
            to.flush().map_err(failed)?;
            count.map_err(of_parquet)?
        }
    };
    keep(temporary, file)?;
    Ok(count)
}

/// Returns a value as a cell of CSV. A missing value is empty.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => number(*value).to_string(),
        Cell::Text(value) => value.clone(),
        Cell::Boolean(value) => value.to_string(),
    }
}

/// Returns the manifest of an earlier export.
fn read(folder: &Path) -> Result<Manifest, Failure> {
    let file = folder.join(MANIFEST);
    match std::fs::read_to_string(&file) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| {
            let file = file.display();
            Failure::Input(format!(
                "{file} is not the manifest of an export: {error}\nhelp: export to another folder"
            ))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Manifest::default()),
        Err(error) => Err(fault(&file, &error)),
    }
}

fn save(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let file = folder.join(MANIFEST);
    let failed = |error: io::Error| fault(&file, &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = NamedTempFile::new_in(folder).map_err(failed)?;
    let text = serde_json::to_string_pretty(manifest).unwrap_or_default();
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    keep(temporary, &file)
}

/// Gives a complete temporary file its name.
fn keep(temporary: NamedTempFile, file: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| fault(file, &error);
    temporary.as_file().sync_all().map_err(failed)?;
    temporary
        .persist(file)
        .map_err(|error| failed(error.error))?;
    Ok(())
}

/// Removes a part whose payloads were erased, and its folder.
fn remove(file: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(file, &error)),
        _ => {}
    }
    if let Some(folder) = file.parent() {
        // A folder with other files stays.
        let _ = std::fs::remove_dir(folder);
    }
    Ok(())
}

fn fault(file: &Path, error: &io::Error) -> Failure {
    Failure::Ours(format!("{}: {error}", file.display()))
}
