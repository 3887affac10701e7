//! Generates the wiki's events, captures and web package from its registry.

use std::env;
use std::path::Path;

fn main() {
    pings_build::generate("pings.yaml");
    // A product with a front end names a folder of the front end.
    if let Some(out) = env::var_os("OUT_DIR") {
        pings_build::generate_web("pings.yaml", Path::new(&out).join("wiki-web"));
    }
}
