//! x
#![allow(clippy::all, missing_docs, clippy::print_stdout, clippy::unwrap_used)]
use std::time::Instant;
#[derive(serde::Deserialize)]
#[allow(dead_code)]
struct Plain {
    name: String,
    #[serde(default)]
    events: indexmap::IndexMap<String, Option<pings_registry::raw::RawEvent>>,
    #[serde(default)]
    tables: indexmap::IndexMap<String, indexmap::IndexMap<String, pings_registry::raw::RawColumn>>,
    pings: Vec<pings_registry::raw::RawPing>,
}
fn main() {
    for n in [100, 1000, 10000] {
        let text = pings_tests::synthetic::registry(n);
        let mut r = vec![];
        for _ in 0..5 {
            let t = Instant::now();
            let p: Plain = serde_yaml::from_str(&text).unwrap();
            let a = t.elapsed().as_secs_f64();
            drop(p);
            let t = Instant::now();
            let p = pings_registry::parse(&text);
            let b = t.elapsed().as_secs_f64();
            if let Err(e) = &p {
                for e in e.iter().take(3) {
                    println!(
                        "{}",
                        pings_registry::render(
                            pings_registry::Source {
                                name: "x",
                                text: &text
                            },
                            e,
                            false
                        )
                    );
                }
            }
            r.push((b / a, a, b));
        }
        r.sort_by(|x, y| x.0.total_cmp(&y.0));
        println!("{n}: {} bytes {:?}", text.len(), r[2]);
    }
}
