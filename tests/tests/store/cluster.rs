//! A store on a cluster of two shards with two replicas each.

use std::path::{Path, PathBuf};

use pings_store::{Received, SeriesOptions, Store, clickhouse_ddl};
use pings_tests::clickhouse::{Server, configuration, packages, ports};
use pings_tests::fleet::{Fleet, Shape};
use pings_tests::place::{Kind, Place};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

use super::clickhouse::rows;

const REGISTRY: &str = include_str!("../../../pings.yaml");
const NOW: OffsetDateTime = datetime!(2030-01-01 0:00 UTC);

/// The users of a server, who come from this machine.
const USERS: &str = "<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>\
    <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>\
    <quota>default</quota></default></users></clickhouse>";

/// Two shards with two replicas each.
struct Cluster {
    folder: TempDir,
    package: PathBuf,
    ports: Vec<[u16; 2]>,
    servers: Vec<Option<Server>>,
}

impl Cluster {
    /// Starts the servers, and creates the tables on each. Returns `None` if ClickHouse is missing.
    fn start() -> Option<Self> {
        let package = packages()?;
        let folder = TempDir::with_prefix("pings-cluster-").expect("a folder");
        let mut cluster = Self {
            folder,
            package,
            ports: ports(4),
            servers: Vec::new(),
        };
        for place in 0..4 {
            cluster.servers.push(Some(cluster.server(place)));
        }
        for server in cluster.servers.iter().flatten() {
            server.run("default", "CREATE DATABASE IF NOT EXISTS pings");
            for statement in clickhouse_ddl(Some("pings"), false) {
                server.run("pings", &statement);
            }
        }
        Some(cluster)
    }

    fn server(&self, place: usize) -> Server {
        let folder = self.folder.path().join(place.to_string());
        std::fs::create_dir_all(folder.join("home/.clickhouse-local")).expect("a folder");
        let users = folder.join("home/.clickhouse-local/users.xml");
        std::fs::write(users, USERS).expect("a file");
        let shard = |replicas: &[[u16; 2]]| {
            let replicas = replicas.iter().map(|[_, tcp]| {
                format!("<replica><host>127.0.0.1</host><port>{tcp}</port><user>default</user></replica>")
            });
            format!("<shard>{}</shard>", replicas.collect::<String>())
        };
        let shards: String = self.ports.chunks(2).map(shard).collect();
        let more = format!(
            "<users_config>users.xml</users_config>\
             <remote_servers><pings>{shards}</pings></remote_servers>"
        );
        let configuration = configuration(self.ports[place], &more);
        let file = self.folder.path().join(format!("{place}.xml"));
        std::fs::write(&file, configuration).expect("a file");
        Server::start(&self.package, &folder, Some(Path::new(&file)), false).expect("a server")
    }

    async fn store(&self, place: usize) -> Store {
        let port = self.ports[place][0];
        let url = format!("clickhouse://default@127.0.0.1:{port}/pings?cluster=pings");
        Store::open(&url.parse().expect("an address"), true)
            .await
            .expect("a store")
    }
}

#[tokio::test]
async fn a_cluster_has_the_rows_of_sqlite_or_an_error() {
    let (Some(mut cluster), Some(place)) = (Cluster::start(), Place::new(Kind::Sqlite).await)
    else {
        return;
    };
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    let sqlite = Store::open(&place.url(), true).await.expect("a store");
    let store = cluster.store(0).await;
    let fleet = Fleet::new(&registry, Shape::new(1, 20, 16));
    let payloads = |range: std::ops::Range<usize>| -> Vec<Received> {
        let some = fleet.payloads[range].iter();
        some.map(|it| Received::read(it.json().into_bytes(), NOW).expect("a payload"))
            .collect()
    };
    let (early, end) = (fleet.payloads.len() - 50, fleet.payloads.len());
    for it in [&sqlite, &store] {
        it.learn(&registry, NOW).await.expect("it learns");
        it.accept(&payloads(0..early / 2))
            .await
            .expect("it is kept");
        it.accept(&payloads(early / 2..early))
            .await
            .expect("it is kept");
    }
    let expected = rows(&sqlite).await;
    assert_eq!(rows(&store).await, expected);
    // Each server answers for the whole cluster.
    assert_eq!(rows(&cluster.store(3).await).await, expected);

    // A replica of each shard is killed: the answers stay the same, and no payload is accepted.
    for place in [1, 2] {
        cluster.servers[place].as_mut().expect("a server").kill();
    }
    assert_eq!(rows(&store).await, expected);
    let error = store
        .accept(&payloads(early..end))
        .await
        .expect_err("an error");
    assert!(error.is_temporary(), "{error}");
    // The senders try again once the replicas are back.
    for place in [1, 2] {
        cluster.servers[place] = Some(cluster.server(place));
    }
    for it in [&sqlite, &store] {
        it.accept(&payloads(early..end)).await.expect("it is kept");
    }
    let expected = rows(&sqlite).await;
    assert_eq!(rows(&store).await, expected);
    assert_eq!(rows(&cluster.store(2).await).await, expected);

    // Without a shard there is no answer, and never half of one.
    for place in [2, 3] {
        cluster.servers[place].as_mut().expect("a server").kill();
    }
    let options = SeriesOptions {
        weeks: 520,
        ..SeriesOptions::default()
    };
    let code = registry.metrics().next().expect("a metric").1.code.clone();
    let error = store.series(&registry, &code, &options).await;
    let error = error.expect_err("an error");
    assert!(error.is_temporary(), "{error}");
}
