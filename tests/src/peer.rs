//! A peer over HTTP that answers as a test tells it to, and remembers what it got.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it answers to a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status, headers and a body.
    Status(u16, &'static str, &'static str),
    /// Nothing: the connection is cut once the request was read.
    Cut,
}

/// A peer on this machine.
#[derive(Clone, Debug)]
pub struct Peer {
    address: String,
    got: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Peer {
    /// One that answers the requests in turn, and the last answer for ever.
    ///
    /// # Panics
    ///
    /// Where no port is to be had, or there is no reply.
    #[must_use]
    pub fn new(replies: Vec<Reply>) -> Self {
        assert!(!replies.is_empty(), "it needs something to say");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let got = Arc::new(Mutex::new(Vec::new()));
        let peer = Self {
            address,
            got: Arc::clone(&got),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let body = read(&stream).unwrap_or_default();
                let place = {
                    let mut got = got.lock().expect("no panic while it was held");
                    got.push(body);
                    got.len() - 1
                };
                let reply = replies[place.min(replies.len() - 1)].clone();
                // Whoever asked may be gone.
                let _ = answer(stream, &reply);
            }
        });
        peer
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The bodies that it got, as they came.
    ///
    /// # Panics
    ///
    /// Where it panicked itself.
    #[must_use]
    pub fn got(&self) -> Vec<Vec<u8>> {
        self.got.lock().expect("no panic while it was held").clone()
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn answer(mut stream: TcpStream, reply: &Reply) -> std::io::Result<()> {
    let Reply::Status(status, headers, body) = reply else {
        return Ok(());
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}
