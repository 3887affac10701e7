//! A program that reads an event back and copies it.

use bench_events::Event;

fn main() {
    let mut words = std::env::args().skip(1);
    let (name, argument) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    if let Ok(event) = Event::from_wire(&name, &argument) {
        println!("{:?} {}", event.clone(), event.argument());
    }
}
