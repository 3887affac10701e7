//! The first signed payload of an instance pins its key. Later payloads need a signature of that
//! key.

use std::path::Path;

use pings_payload::{Bundle, SigningKey};
use pings_store::{Imported, Store};
use pings_tests::http::Client;
use pings_tests::place::{Kind, Place};
use pings_tests::vendor::{Vendor, payload};
use time::macros::datetime;

/// A payload to post.
struct Post<'p> {
    instance: u32,
    revision: u32,
    key: Option<&'p SigningKey>,
}

fn vendor(place: &Place) -> Vendor {
    let program = Path::new(env!("CARGO_BIN_EXE_store"));
    Vendor::start(program, place.address(), "127.0.0.1:0", None)
}

impl Post<'_> {
    fn body(&self) -> String {
        payload(self.instance, 1, self.revision, 40 + self.revision).to_string()
    }

    /// Returns the status, and the reason of a refusal.
    fn send(&self, vendor: &Vendor) -> (u16, String) {
        let body = self.body();
        let signature = self.key.map(|key| key.sign(body.as_bytes()).to_string());
        send(vendor, signature.as_deref(), &body)
    }
}

fn send(vendor: &Vendor, signature: Option<&str>, body: &str) -> (u16, String) {
    let header = signature.map(|it| format!("pings-signature: {it}\r\n"));
    let mut client = Client::connect(&vendor.address).expect("it listens");
    let answer = client
        .post(&header.unwrap_or_default(), body.as_bytes())
        .expect("an answer");
    let error = answer.json()["error"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, error)
}

fn keys() -> [SigningKey; 2] {
    [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]))
}

async fn a_pinned_key_is_needed(dialect: Kind) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let vendor = vendor(&place);
    let [own, other] = keys();
    let post = |instance, revision, key| {
        let post = Post {
            instance,
            revision,
            key,
        };
        post.send(&vendor)
    };
    // The payloads of an instance that never signed are accepted, until it signs.
    assert_eq!(post(1, 1, None).0, 200);
    assert_eq!(post(1, 2, Some(&own)).0, 200);
    for key in [None, Some(&other)] {
        let (status, error) = post(1, 9_999, key);
        assert_eq!(status, 403, "{error}");
        assert!(error.contains("signed"), "{error}");
    }
    assert_eq!(post(1, 3, Some(&own)).0, 200);
    // Other instances are not affected, and a refused payload is not stored.
    assert_eq!(post(2, 1, Some(&other)).0, 200);
    let body = Post {
        instance: 1,
        revision: 4,
        key: None,
    }
    .body();
    let stolen = own.sign(b"{}").to_string();
    assert_eq!(send(&vendor, Some(&stolen), &body).0, 403);
    assert_eq!(send(&vendor, Some("ed25519 00 00"), &body).0, 400);
    vendor.stop();
    let store = Store::open(&place.url(), false).await.expect("a store");
    let senders = store.senders(None, 10).await.expect("senders");
    let shown: Vec<_> = senders
        .iter()
        .map(|it| (it.payloads, it.key.clone()))
        .collect();
    let key = |key: &SigningKey| Some(key.public().to_string());
    assert_eq!(shown, [(3, key(&own)), (1, key(&other))]);
    assert_eq!(senders[0].first_week.as_deref(), Some("2021-W02"));
}

async fn a_second_header_is_refused(dialect: Kind) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let program = Path::new(env!("CARGO_BIN_EXE_store"));
    let vendor = Vendor::start(program, place.address(), "127.0.0.1:0", Some("secret"));
    let body = payload(1, 1, 1, 7).to_string();
    let [own, other] = keys().map(|key| key.sign(body.as_bytes()));
    let signature = |it| format!("pings-signature: {it}\r\n");
    let token = |it| format!("authorization: Bearer {it}\r\n");
    let send = |headers: &[String]| {
        let mut client = Client::connect(&vendor.address).expect("it listens");
        let answer = client.post(&headers.concat(), body.as_bytes());
        let answer = answer.expect("an answer");
        (answer.status, answer.json()["error"].clone())
    };
    let right = token("secret");
    for (headers, name) in [
        (
            [right.clone(), signature(own), signature(other)],
            "Pings-Signature",
        ),
        (
            [right.clone(), signature(own), signature(own)],
            "Pings-Signature",
        ),
        (
            [right.clone(), signature(own), token("other")],
            "Authorization",
        ),
        (
            [token("other"), right.clone(), signature(own)],
            "Authorization",
        ),
    ] {
        let reason = format!("the header {name} is there more than once");
        assert_eq!(send(&headers), (400, reason.into()), "{headers:?}");
    }
    let mut client = Client::connect(&vendor.address).expect("it listens");
    let metrics = format!("GET /metrics HTTP/1.1\r\nhost: a\r\n{right}{right}\r\n");
    client.send(metrics.as_bytes()).expect("it reads");
    assert_eq!(client.answer().expect("an answer").status, 400);
    // Nothing was kept, and no key is pinned.
    assert_eq!(send(&[right, signature(other)]).0, 200);
    vendor.stop();
}

/// A server writes the payloads that it receives in batches, so that a batch may contain two keys
/// for an instance.
async fn the_first_key_of_a_batch_counts(dialect: Kind) {
    use pings_store::{Disposition, Proof, Received};
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let store = Store::open(&place.url(), true).await.expect("a store");
    let [own, other] = keys();
    let now = datetime!(2021-02-01 0:00 UTC);
    let received = |instance, revision, key: Option<&SigningKey>| {
        let body = payload(instance, 1, revision, 7).to_string();
        let received = Received::read(body.into_bytes(), now).expect("a payload");
        match key {
            Some(key) => received.with_proof(Proof::Signature(key.public())),
            None => received,
        }
    };
    let batch = [
        received(1, 1, Some(&own)),
        received(1, 2, Some(&other)),
        received(2, 1, None),
        received(1, 3, None),
        received(1, 4, Some(&own)),
        received(3, 1, Some(&other)),
    ];
    let accepted = store.accept(&batch).await.expect("an answer");
    let how: Vec<Disposition> = accepted.iter().map(|it| it.how).collect();
    let wanted = [
        Disposition::New,
        Disposition::OtherKey,
        Disposition::New,
        Disposition::Unsigned,
        Disposition::New,
        Disposition::New,
    ];
    assert_eq!(how, wanted);
    // A sender with the token of the instance needs no signature.
    let with_token = received(1, 5, None).with_proof(Proof::Token);
    let accepted = store.accept(&[with_token]).await.expect("an answer");
    assert_eq!(accepted[0].how, Disposition::New);
    let instance = batch[0].instance();
    assert!(store.unpin(instance).await.expect("an answer"));
    assert!(!store.unpin(instance).await.expect("an answer"));
    let accepted = store.accept(&[received(1, 6, Some(&other))]).await;
    assert_eq!(accepted.expect("an answer")[0].how, Disposition::New);
}

async fn import(store: &Store, text: &str) -> Imported {
    let now = datetime!(2021-02-01 0:00 UTC);
    let imported = store.import(text.as_bytes(), now, |_| {}).await;
    imported.expect("it is read")
}

async fn a_bundle_is_imported_whole_or_not_at_all(dialect: Kind) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let store = Store::open(&place.url(), true).await.expect("a store");
    let [own, other] = keys();
    let bodies = [1, 2].map(|revision| payload(1, 1, revision, 7).to_string());
    let foreign = payload(2, 1, 1, 7).to_string();
    let sign = |key: &SigningKey, bodies: &[String]| {
        let instance = "00000000-0000-4000-8000-000000000001"
            .parse()
            .expect("an id");
        Bundle::sign(key, instance, bodies.iter().map(String::as_str))
    };
    // A bundle from which no payload is kept pins no key.
    let forged = import(&store, &sign(&other, &[foreign])).await;
    assert_eq!((forged.kept, forged.bad), (0, 1));
    let bundle = sign(&own, &bodies);
    for place in 0..bundle.len() {
        // Covers each position of the first line, and some positions in the payloads.
        if place > 300 && place % 53 != 0 {
            continue;
        }
        let mut bytes = bundle.clone().into_bytes();
        bytes[place] ^= 1;
        let changed = String::from_utf8(bytes).expect("it is ASCII");
        if changed.to_ascii_lowercase() == bundle {
            continue;
        }
        let imported = import(&store, &changed).await;
        assert_eq!(imported.kept, 0, "byte {place}: {:?}", imported.mistakes);
        assert!(imported.bad > 0, "byte {place}");
    }
    let (head, lines) = bundle.split_once('\n').expect("two lines");
    for part in [lines, &lines[1..], &bundle[..bundle.len() - 9], head] {
        assert_eq!(import(&store, part).await.kept, 0, "{part}");
    }
    assert_eq!(import(&store, &bundle).await.kept, 2);
    assert_eq!(import(&store, &bundle).await.repeated, 2);
    // The key is pinned: a payload with another key, or without a signature, is not accepted.
    let later = [payload(1, 1, 3, 7).to_string()];
    assert_eq!(import(&store, &sign(&other, &later)).await.kept, 0);
    let unsigned = import(&store, &later[0]).await;
    assert_eq!((unsigned.kept, unsigned.bad), (0, 1));
    assert!(
        unsigned.mistakes[0].reason.contains("signed"),
        "{unsigned:?}"
    );
    assert_eq!(import(&store, &sign(&own, &later)).await.kept, 1);
    // An old bundle that is imported again does not pin a key that was unpinned.
    let instance = "00000000-0000-4000-8000-000000000001".parse();
    assert!(store.unpin(instance.expect("an id")).await.expect("it"));
    assert_eq!(import(&store, &bundle).await.repeated, 2);
    let renewed = [payload(1, 1, 4, 7).to_string()];
    assert_eq!(import(&store, &sign(&other, &renewed)).await.kept, 1);
    // An invalid line in a file of payloads affects only that line.
    let [one, two] = [3, 4].map(|instance| payload(instance, 1, 1, 7).to_string());
    let mixed = import(&store, &format!("{one}\ngarbage\n{two}\n")).await;
    assert_eq!((mixed.kept, mixed.bad), (2, 1), "{mixed:?}");
}

macro_rules! on_all {
    ($($name:ident)+) => { $(
        mod $name {
            use pings_tests::place::Kind;

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                super::$name(Kind::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                super::$name(Kind::Postgres).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_clickhouse() {
                super::$name(Kind::ClickHouse).await;
            }
        }
    )+ };
}

on_all! {
    a_pinned_key_is_needed
    the_first_key_of_a_batch_counts
    a_bundle_is_imported_whole_or_not_at_all
    a_second_header_is_refused
}
