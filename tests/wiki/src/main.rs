//! A product: it logs an event, asks its pings, and knows which of them to believe.

mod events {
    include!(concat!(env!("OUT_DIR"), "/events.rs"));
}

mod captures {
    include!(concat!(env!("OUT_DIR"), "/captures.rs"));
}

fn main() {}
