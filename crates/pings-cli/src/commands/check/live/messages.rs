//! The text of findings.

use pings_model::ColumnType;
use pings_runtime::live_check::{Finding, MisfitFault};

use crate::commands::argument_faults;
use crate::output;

/// The text of a finding.
pub(super) struct Said {
    pub(super) message: String,
    pub(super) help: Vec<String>,
}

/// Returns the event, table or code of a finding, by its name in the registry.
pub(super) fn name(finding: &Finding) -> Option<&str> {
    match finding {
        Finding::MissingTable { table }
        | Finding::MissingColumn { table, .. }
        | Finding::WrongType { table, .. }
        | Finding::EnumDiffers { table, .. }
        | Finding::HiddenRows { table, .. } => Some(table),
        Finding::Misfit(misfit) => Some(&misfit.table),
        Finding::CaptureFails { code, .. } | Finding::Silent { code, .. } => Some(code),
        Finding::Argument { event, .. } => Some(event),
        Finding::UnknownEvent { name, .. } => Some(name),
        Finding::NoIndex | Finding::UnreadVersion { .. } | Finding::UnreadTime { .. } => None,
    }
}

pub(super) fn said(finding: &Finding) -> Said {
    let (message, help) = match finding {
        Finding::MissingTable { table } => (
            format!("the product has no table `{table}`"),
            missing_table(table),
        ),
        Finding::MissingColumn {
            table,
            column,
            near,
        } => (
            format!("the table `{table}` has no column `{column}`"),
            did_you_mean(near.as_deref()),
        ),
        Finding::WrongType {
            table,
            column,
            declared,
            real,
        } => (
            format!(
                "`{table}.{column}` has the type {}, but {} in the registry",
                shown_type(real),
                logical(declared)
            ),
            vec!["declare the actual type in the registry".to_owned()],
        ),
        Finding::EnumDiffers {
            table,
            column,
            impossible,
            undeclared,
        } => {
            let mut help = Vec::new();
            if !impossible.is_empty() {
                help.push(format!("no row can contain {}", quoted(impossible)));
            }
            if !undeclared.is_empty() {
                help.push(format!("the registry does not list {}", quoted(undeclared)));
            }
            (
                format!("the values of `{table}.{column}` differ from the values in the registry"),
                help,
            )
        }
        Finding::HiddenRows { table, role } => (
            format!(
                "row-level security hides rows of `{table}` from the role `{role}`, \
                 so its captures fail"
            ),
            vec![format!(
                "run captures as the owner of the table, or `ALTER ROLE {role} BYPASSRLS`"
            )],
        ),
        Finding::Misfit(misfit) => (
            format!("{misfit}: captures of this column fail"),
            misfit_help(&misfit.fault),
        ),
        Finding::CaptureFails { code, reason } => (
            format!("the capture `{code}` fails: {reason}"),
            vec![format!("`pings sql {code}` shows its query")],
        ),
        Finding::NoIndex => (
            "event_logs has no index on name and timestamp, so each report reads the whole table"
                .to_owned(),
            vec!["add an index with `pings init --index`".to_owned()],
        ),
        Finding::UnknownEvent {
            name,
            count,
            last_seen,
            near,
        } => (
            format!(
                "`{name}` is logged, but not in the registry: {}, last at {last_seen}",
                rows(*count)
            ),
            did_you_mean(near.as_deref()),
        ),
        Finding::Argument {
            event,
            fault,
            count,
            of,
            last_seen,
            row,
        } => {
            let (what, help) = argument_faults::said(fault);
            (
                format!(
                    "`{event}`: {what}: in {} of {}, last at {last_seen} (id {row})",
                    rows(*count),
                    output::number(&(*of).into()),
                ),
                help,
            )
        }
        Finding::UnreadVersion {
            count,
            last_seen,
            row,
        } => (
            format!(
                "{} no valid version, last at {last_seen} (id {row}): the store does not trust the numbers of these weeks",
                have(*count)
            ),
            vec![
                "log the version of the product, such as `3.38.1` or `14.1.0-ee`".to_owned(),
                "if its versions have four numbers, mention one in the registry, such as `released: \"2.2.0.5\"`".to_owned(),
            ],
        ),
        Finding::UnreadTime { count, row } => (
            format!(
                "{} no valid time, last with id {row}: they are not counted in any week",
                have(*count)
            ),
            vec!["log times as `2021-01-25T12:00:00Z`".to_owned()],
        ),
        Finding::Silent {
            code,
            is_capture,
            last_seen,
        } => (
            match last_seen {
                Some(at) => format!("nothing was logged for `{code}` since {at}"),
                None => format!("nothing was ever logged for `{code}`"),
            },
            vec![
                if *is_capture {
                    "run `pings capture`"
                } else {
                    "run `pings scan` to find its call sites"
                }
                .to_owned(),
            ],
        ),
    };
    Said { message, help }
}

fn misfit_help(fault: &MisfitFault) -> Vec<String> {
    let help = match fault {
        MisfitFault::Values {
            declared: ColumnType::Timestamp,
            ..
        } => {
            "store times as `2021-01-25 12:00:00`, optionally with `Z` or `+01:00`, or as seconds since 1970"
        }
        MisfitFault::Values { .. } => {
            "correct these rows, or declare the actual type of the column"
        }
        MisfitFault::Collation { .. } => "use hand-written SQL with `COLLATE \"C\"`",
    };
    vec![help.to_owned()]
}

fn missing_table(table: &str) -> Vec<String> {
    let mut help =
        vec!["restore the table or change the registry, because captures of it fail".to_owned()];
    if let Some((schema, _)) = table.split_once('.') {
        help.push(format!(
            "on SQLite, attach the file of the schema: sqlite://FILE?attach={schema}:FILE"
        ));
    }
    help
}

fn have(count: u64) -> String {
    let verb = if count == 1 { "has" } else { "have" };
    format!("{} {verb}", rows(count))
}

fn rows(count: u64) -> String {
    output::counted(count, "row", "rows")
}

fn did_you_mean(near: Option<&str>) -> Vec<String> {
    let near = near.map(|near| format!("did you mean `{near}`?"));
    near.into_iter().collect()
}

fn quoted(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    values.join(", ")
}

fn shown_type(real: &str) -> &str {
    if real.is_empty() { "no type" } else { real }
}

fn logical(ty: &ColumnType) -> &'static str {
    match ty {
        ColumnType::Integer => "integer",
        ColumnType::Number => "number",
        ColumnType::Text => "text",
        ColumnType::Enum(_) => "an enum",
        ColumnType::Boolean => "boolean",
        ColumnType::Timestamp => "timestamp",
        ColumnType::Json => "json",
        ColumnType::Version => "version",
    }
}
