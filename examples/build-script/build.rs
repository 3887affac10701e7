//! Generates the wiki's events and captures from its registry.

fn main() {
    pings_build::generate("pings.yaml");
}
