//! Messages to the service manager that started this process, in the protocol of `sd_notify`.
//!
//! The protocol is a datagram of `NAME=VALUE` lines to the socket in `NOTIFY_SOCKET`.

use std::env;
use std::time::Duration;

use tokio::time::sleep;

/// The service manager. Without one, messages are not sent.
pub(crate) struct ServiceManager {
    #[cfg(unix)]
    socket: Option<(
        std::os::unix::net::UnixDatagram,
        std::os::unix::net::SocketAddr,
    )>,
    /// The pause between two signs of life.
    interval: Option<Duration>,
}

impl ServiceManager {
    /// Returns the service manager that the environment names.
    pub(crate) fn of_environment() -> Self {
        Self {
            #[cfg(unix)]
            socket: env::var_os("NOTIFY_SOCKET").and_then(|path| socket(&path)),
            interval: interval(
                env::var("WATCHDOG_USEC").ok().as_deref(),
                env::var("WATCHDOG_PID").ok().as_deref(),
            ),
        }
    }

    /// Reports that the service is ready, or that a reload has ended, and what the service does.
    pub(crate) fn ready(&self, status: &str) {
        let status = status.lines().next().unwrap_or_default();
        self.send(&format!("READY=1\nSTATUS={status}"));
    }

    /// Reports that the configuration is being read again.
    pub(crate) fn reloading(&self) {
        self.send("RELOADING=1");
    }

    /// Reports that the service is stopping.
    pub(crate) fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Sends signs of life until the future is dropped. A process whose tasks no longer run sends
    /// none, and is restarted.
    pub(crate) async fn keep_alive(&self) {
        let Some(interval) = self.interval else {
            return std::future::pending().await;
        };
        loop {
            self.send("WATCHDOG=1");
            sleep(interval).await;
        }
    }

    /// Sends a message. A service works without its manager, so errors are ignored.
    fn send(&self, message: &str) {
        #[cfg(unix)]
        if let Some((socket, address)) = &self.socket {
            let _ = socket.send_to_addr(message.as_bytes(), address);
        }
        #[cfg(not(unix))]
        let _ = message;
    }
}

#[cfg(unix)]
fn socket(
    path: &std::ffi::OsStr,
) -> Option<(
    std::os::unix::net::UnixDatagram,
    std::os::unix::net::SocketAddr,
)> {
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    // A name that starts with `@` is in the abstract namespace of Linux.
    #[cfg(target_os = "linux")]
    let name_of_abstract = {
        use std::os::unix::ffi::OsStrExt;
        path.as_bytes().strip_prefix(b"@")
    };
    #[cfg(not(target_os = "linux"))]
    let name_of_abstract: Option<&[u8]> = None;
    let address = match name_of_abstract {
        #[cfg(target_os = "linux")]
        Some(name) => {
            use std::os::linux::net::SocketAddrExt;
            SocketAddr::from_abstract_name(name)
        }
        _ => SocketAddr::from_pathname(path),
    };
    let socket = UnixDatagram::unbound().ok()?;
    // A manager that does not read must not block the service.
    socket.set_nonblocking(true).ok()?;
    Some((socket, address.ok()?))
}

/// Returns the pause between two signs of life: half of the time after which the manager acts.
fn interval(microseconds: Option<&str>, pid: Option<&str>) -> Option<Duration> {
    let is_ours = pid.is_none_or(|pid| pid == std::process::id().to_string());
    let microseconds: u64 = microseconds?.parse().ok()?;
    (is_ours && microseconds > 1).then(|| Duration::from_micros(microseconds / 2))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::interval;

    #[test]
    fn signs_of_life_come_twice_as_often_as_needed() {
        let own = std::process::id().to_string();
        let second = Some(Duration::from_secs(1));
        assert_eq!(interval(Some("2000000"), None), second);
        assert_eq!(interval(Some("2000000"), Some(&own)), second);
        // The variables are those of a parent.
        assert_eq!(interval(Some("2000000"), Some("1")), None);
        assert_eq!(interval(Some("x"), None), None);
        assert_eq!(interval(None, None), None);
    }
}
