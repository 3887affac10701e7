//! HTTP requests as raw bytes, including requests that no regular client sends.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The head in lower case.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Parses the body as JSON.
    ///
    /// # Panics
    ///
    /// Panics if the body is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A persistent connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects to an address.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing listens on the address.
    pub fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_write_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends bytes unchanged.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection is closed.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Posts a payload, and reads the answer.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection is closed.
    pub fn post(&mut self, headers: &str, body: &[u8]) -> io::Result<Answer> {
        self.send(&post(headers, body))?;
        self.answer()
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection ends within the answer.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line == "\r\n" {
                break;
            }
            head.push_str(&line.to_ascii_lowercase());
        }
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(Some(0), |length| length.trim().parse().ok());
        let mut body = vec![0; length.ok_or_else(invalid)?];
        self.stream.read_exact(&mut body)?;
        Ok(Answer {
            status: status.ok_or_else(invalid)?,
            head,
            body: String::from_utf8(body).map_err(|_| invalid())?,
        })
    }
}

/// Returns the bytes of a request that posts a payload. Each header ends with a line break.
#[must_use]
pub fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /v1/payloads HTTP/1.1\r\nhost: store\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// Compresses a body.
///
/// # Panics
///
/// Never panics, because writing to a vector does not fail.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).expect("memory");
    gzip.finish().expect("memory")
}
