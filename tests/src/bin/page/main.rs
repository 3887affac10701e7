//! A product with a web page, for tests that drive a browser and kill this program.
//!
//! Usage: `page DATABASE LISTEN FOLDER [REQUESTS]`. FOLDER contains a folder for each build of the
//! front end, and REQUESTS limits the requests with events per client and second. The program prints
//! the address that it listens on, and stops when its input ends.

mod faults;
mod log;
mod pages;
mod sessions;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};
use pings::{Ingest, Pings, User};
use pings_tests::databases::Database;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};

use faults::Faults;
use sessions::Session;

/// What the handlers share.
#[derive(Clone)]
struct Product {
    ingest: Ingest,
    /// The folder with the builds of the front end.
    builds: PathBuf,
    /// The connection of the product. The recorder of the events has its own.
    database: Arc<Mutex<Database>>,
    faults: Arc<Faults>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, database, listen, builds, requests @ ..] = arguments.as_slice() else {
        panic!("usage: page DATABASE LISTEN FOLDER [REQUESTS]");
    };
    let pings = Pings::builder(code_insights_events::REGISTRY)
        .event_log(database)
        .product_version("5.3.0")
        .start()
        .expect("a handle");
    let ingest = pings.ingest(|request| {
        let session = request.extensions.get::<Session>()?;
        Some(User::from(session.user))
    });
    let mut ingest = ingest.expect("an endpoint");
    if let Some(requests) = requests.first() {
        ingest = ingest.requests_per_second(requests.parse().expect("a number"));
    }
    let mut connection = Database::at(database).await;
    sessions::create(&mut connection).await;
    let product = Product {
        ingest,
        builds: builds.into(),
        database: Arc::new(Mutex::new(connection)),
        faults: Arc::default(),
    };
    let listener = TcpListener::bind(listen).await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let mut out = std::io::stdout();
    writeln!(out, "{address}")
        .and_then(|()| out.flush())
        .expect("somebody reads");
    let (stop, stopped) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = stop.send(());
    });
    let service = routes(product).into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        served = axum::serve(listener, service).into_future() => served.expect("it serves"),
        _ = stopped => {}
    }
    pings.shutdown().await.expect("the events are kept");
}

/// Returns the routes of the product, and those for the test.
fn routes(product: Product) -> Router {
    let faults = Arc::clone(&product.faults);
    let ingest = product.ingest.clone().router();
    let ingest = ingest.layer(middleware::from_fn_with_state(faults, faults::inject));
    Router::new()
        .route("/pages/{build}", get(pages::page))
        .route("/pages/{build}/{name}", get(pages::page))
        .route("/assets/{build}/{file}", get(pages::asset))
        .route("/consent/{consent}", post(pages::consent))
        .route("/login/{user}", post(sessions::login))
        .route("/logout", post(sessions::logout))
        .route("/test/rows", get(log::rows))
        .route("/test/requests", get(faults::requests))
        .route("/test/fault", post(faults::set))
        .with_state(product.clone())
        .merge(ingest)
        .layer(middleware::from_fn_with_state(product, sessions::find))
}
