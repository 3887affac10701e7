//! x
#![allow(
    clippy::all,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::print_stderr
)]
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    match pings_registry::parse(&text) {
        Ok(r) => println!("ok: {} pings", r.pings.len()),
        Err(ds) => {
            for d in ds {
                println!(
                    "{}\n",
                    pings_registry::render(
                        pings_registry::Source {
                            name: &path,
                            text: &text
                        },
                        &d,
                        false
                    )
                );
            }
        }
    }
}
