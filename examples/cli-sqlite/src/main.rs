//! A command line tool with usage telemetry: `todo add`, `todo done`, `todo list`, `todo usage`.

#![expect(clippy::print_stdout, reason = "a command prints its result")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use pings::{Actor, Pings, this_week};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};
use todo_events::{Command as Ran, Event, REGISTRY};

/// Keeps a list of todos.
#[derive(Parser)]
struct Arguments {
    /// The folder of the todos and of the events.
    #[arg(long, env = "TODO_FOLDER", default_value = ".")]
    folder: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Adds a todo.
    Add { text: String },
    /// Marks a todo as done.
    Done { id: i64 },
    /// Lists the todos.
    List,
    /// Shows what the command would send about this week.
    Usage,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { folder, command } = Arguments::parse();
    let mut todos = open(&folder.join("todos.db")).await?;
    let pings = Pings::builder(REGISTRY)
        .event_log(format!("sqlite://{}", folder.join("events.db").display()))
        .product_version(env!("CARGO_PKG_VERSION"))
        .start()?;

    // The tool has no users, so its events are counted without one.
    let actor = Actor::anonymous("").source("CLI");
    let ran = |command| pings.record(&Event::CommandRun { command }, actor);
    match command {
        Command::Add { text } => {
            let added = sqlx::query("INSERT INTO todos (text) VALUES ($1)").bind(text);
            let id = added.execute(&mut todos).await?.last_insert_rowid();
            println!("added {id}");
            ran(Ran::Add);
        }
        Command::Done { id } => {
            let done = sqlx::query("UPDATE todos SET is_done = TRUE WHERE id = $1").bind(id);
            match done.execute(&mut todos).await?.rows_affected() {
                0 => return Err(format!("there is no todo {id}").into()),
                _ => println!("done {id}"),
            }
            ran(Ran::Done);
        }
        Command::List => {
            let all = sqlx::query("SELECT id, text, is_done FROM todos ORDER BY id");
            for todo in all.fetch_all(&mut todos).await? {
                let mark = if todo.try_get("is_done")? { "x" } else { " " };
                let (id, text): (i64, String) = (todo.try_get("id")?, todo.try_get("text")?);
                println!("[{mark}] {id} {text}");
            }
            ran(Ran::List);
        }
        Command::Usage => println!("{}", pings.preview(this_week()).await?.json()),
    }

    // A short program waits until its event is written.
    tokio::time::timeout(Duration::from_secs(2), pings.shutdown()).await??;
    Ok(())
}

async fn open(file: &Path) -> sqlx::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let mut todos = SqliteConnection::connect_with(&options).await?;
    let table = "CREATE TABLE IF NOT EXISTS todos \
         (id INTEGER PRIMARY KEY, text TEXT NOT NULL, is_done BOOLEAN NOT NULL DEFAULT FALSE)";
    sqlx::raw_sql(table).execute(&mut todos).await?;
    Ok(todos)
}
