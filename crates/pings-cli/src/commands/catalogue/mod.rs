//! `pings catalogue`

mod call_sites;
mod history;
mod server;
mod site;

use std::fs;

use self::site::{COMMAND, site};
use crate::arguments::{Catalogue, Common};
use crate::commands::site as files;
use crate::failure::{Failure, Outcome};

pub(crate) async fn run(common: &Common, arguments: &Catalogue) -> Outcome {
    if let Some(address) = arguments.serve {
        return server::run(common, arguments, address).await;
    }
    let out = &arguments.out;
    let failed = |error| Failure::Ours(format!("{}: {error}", out.display()));
    if !arguments.check {
        fs::create_dir_all(out).map_err(failed)?;
    }
    let registry_path = pings_build::relative(out, &common.registry).map_err(failed)?;
    let tree = site(&common.registry, &registry_path, arguments)?;
    let command = format!("`{}`", command(common, arguments));
    files::write(common, (out, arguments.check), &tree, &command)
}

/// Returns the command that updates the site.
fn command(common: &Common, arguments: &Catalogue) -> String {
    let mut command = COMMAND.to_owned();
    let mut option = |name: &str, value: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
        let value = match value.chars().all(is_plain) && !value.is_empty() {
            true => value.to_owned(),
            false => format!("'{}'", value.replace('\'', "'\\''")),
        };
        command.push_str(&format!(" {name} {value}"));
    };
    if common.names_registry {
        option("--registry", &common.registry.to_string_lossy());
    }
    option("--out", &arguments.out.to_string_lossy());
    for (name, value) in [
        ("--base-url", &arguments.base_url),
        ("--tags", &arguments.tags),
        ("--source-url", &arguments.source_url),
    ] {
        if let Some(value) = value {
            option(name, value);
        }
    }
    if let Some(folder) = &arguments.scan {
        option("--scan", &folder.to_string_lossy());
    }
    for (name, values) in [
        ("--call", &arguments.calls),
        ("--exclude", &arguments.exclude),
    ] {
        values.iter().for_each(|value| option(name, value));
    }
    command
}
