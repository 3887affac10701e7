//! An HTTP peer that gives predefined answers and stores the requests that it receives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use flate2::read::GzDecoder;
use serde_json::Value as Json;

/// An answer to a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status, headers and a body.
    Status(u16, &'static str, &'static str),
    /// The receipt of a store, with further members such as `,"lacks":["2021-W01"]`.
    Taken(&'static str),
    /// These bytes, after which the connection is closed.
    Bytes(&'static str),
    /// The head of an answer, followed by a byte per second.
    Drip,
    /// The head of an answer, followed by that many bytes.
    Long(usize),
    /// No answer: the connection is closed after the request was read.
    Cut,
}

/// A peer on this machine.
#[derive(Clone, Debug)]
pub struct Peer {
    address: String,
    got: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Peer {
    /// Creates a peer that gives the answers in turn, and then repeats the last one.
    ///
    /// # Panics
    ///
    /// Panics if no port is available, or if there is no answer.
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
                let _ = stream.set_nodelay(true);
                let body = read(&stream).unwrap_or_default();
                let place = {
                    let mut got = got.lock().expect("no panic while it was held");
                    got.push(body);
                    got.len() - 1
                };
                let reply = replies[place.min(replies.len() - 1)].clone();
                let body = got.lock().expect("no panic while it was held")[place].clone();
                // A slow or closed connection must not delay the next one.
                std::thread::spawn(move || answer(stream, &reply, &body));
            }
        });
        peer
    }

    /// Returns the address of the peer.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the bodies that the peer received, unchanged.
    ///
    /// # Panics
    ///
    /// Panics if a thread of the peer panicked.
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

fn answer(mut stream: TcpStream, reply: &Reply, sent: &[u8]) -> std::io::Result<()> {
    let (status, headers, body) = match reply {
        Reply::Cut => return Ok(()),
        Reply::Bytes(bytes) => return stream.write_all(bytes.as_bytes()),
        Reply::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")?;
            for _ in 0..1_000 {
                stream.write_all(b" ")?;
                std::thread::sleep(std::time::Duration::from_secs(1));
            }
            return Ok(());
        }
        Reply::Long(length) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"
            )?;
            return stream.write_all(&vec![b' '; *length]);
        }
        Reply::Status(status, headers, body) => (*status, *headers, (*body).to_owned()),
        Reply::Taken(more) => (200, "", receipt(sent, more)?),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

/// Returns the receipt of a store for a payload that it has.
fn receipt(sent: &[u8], more: &str) -> std::io::Result<String> {
    let mut text = String::new();
    GzDecoder::new(sent).read_to_string(&mut text)?;
    let payload: Json = serde_json::from_str(&text)?;
    Ok(format!(
        r#"{{"ok":true,"instance":{},"week":{},"revision":{}{more}}}"#,
        payload["instance"], payload["week"], payload["revision"]
    ))
}
