//! Knows when a server that a page started is ready.
//!
//! A server is a `hansa serve` or `hansa dev` in the background. It is ready when `GET /readyz`
//! answers 200 at the address it printed; while it has printed none, at the one its command names
//! with `--bind`, or at the default one. One that speaks TLS is ready when it says where it listens.
//!
//! Deliberately absent: an HTTP library. One request line and one status line are enough.

use super::shell::Background;
use anyhow::bail;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

const DEFAULT_ADDRESS: &str = "127.0.0.1:7400";
const START_MAX: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
const REQUEST_MAX: Duration = Duration::from_millis(500);

/// Whether a background command is a server.
pub(super) fn is_server(text: &str) -> bool {
    let mut words = text.split_whitespace().skip_while(|word| *word != "hansa");
    words.next().is_some() && words.any(|word| matches!(word, "serve" | "dev"))
}

/// Refuses to start a server where another one already answers: the page would talk to that one.
pub(super) fn refuse_if_taken(text: &str) -> anyhow::Result<()> {
    match address_to_be(text) {
        Some(address) if answers_at_all(address) => {
            bail!("something else already listens on {address}")
        }
        _ => Ok(()),
    }
}

/// Waits until the server is ready and `enough` holds of what it has printed.
pub(super) fn wait(
    background: &Background,
    text: &str,
    deadline: Instant,
    enough: impl Fn(&str) -> bool,
) -> anyhow::Result<String> {
    let deadline = deadline.min(Instant::now() + START_MAX);
    let server = is_server(text);
    let named = bound_to(text).unwrap_or(DEFAULT_ADDRESS);
    let mut ready = !server;
    loop {
        let alive = background.is_alive();
        let output = background.output();
        ready =
            ready || says_it_is_secured(&output) || is_ready(address_in(&output).unwrap_or(named));
        if ready && (enough(&output) || !server && !alive || Instant::now() >= deadline) {
            return Ok(output);
        }
        if !alive {
            bail!("it ended before it was ready:\n{output}");
        }
        if Instant::now() >= deadline {
            bail!("it was not ready in {START_MAX:?}:\n{output}");
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// The address that a command names.
fn bound_to(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    words
        .find_map(|word| match word.strip_prefix("--bind") {
            Some("") => Some(None),
            Some(rest) => rest.strip_prefix('=').map(Some),
            None => None,
        })?
        .or_else(|| words.next())
}

/// The address at which a server will listen, where the command tells: not for one that the system
/// chooses, nor for one that stands in a file or a variable.
fn address_to_be(text: &str) -> Option<&str> {
    match bound_to(text) {
        Some(address) => Some(address).filter(|address| !address.ends_with(":0")),
        None => names_no_address(text).then_some(DEFAULT_ADDRESS),
    }
}

fn names_no_address(text: &str) -> bool {
    !["--listen", "--bind", "--port", "--address", "HANSA_"].iter().any(|word| text.contains(word))
}

/// Whether a server has said that it is reached by https, which it says once it listens.
fn says_it_is_secured(text: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("API") && words.next().is_some_and(|url| url.starts_with("https://"))
    })
}

/// The first `http://host:port` of a text, as `host:port`.
fn address_in(text: &str) -> Option<&str> {
    text.split("http://").skip(1).find_map(|after| {
        let is_part =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '[' | ']');
        let address = &after[..after.find(|c| !is_part(c)).unwrap_or(after.len())];
        let address = address.trim_end_matches(['.', ':']);
        let (_, port) = address.rsplit_once(':')?;
        port.parse::<u16>().is_ok_and(|port| port > 0).then_some(address)
    })
}

fn connect(address: &str) -> Option<TcpStream> {
    let resolved = address.to_socket_addrs().ok()?.next()?;
    TcpStream::connect_timeout(&resolved, REQUEST_MAX).ok()
}

fn answers_at_all(address: &str) -> bool {
    connect(address).is_some()
}

fn is_ready(address: &str) -> bool {
    let get = || -> Option<bool> {
        let mut stream = connect(address)?;
        stream.set_read_timeout(Some(REQUEST_MAX)).ok()?;
        stream.set_write_timeout(Some(REQUEST_MAX)).ok()?;
        let request =
            format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = [0; "HTTP/1.1 200".len()];
        stream.read_exact(&mut answer).ok()?;
        Some(&answer == b"HTTP/1.1 200")
    };
    get().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_server_is_serve_or_dev_of_hansa() {
        assert!(is_server("hansa dev"));
        assert!(is_server("A=b hansa --data d serve --listen 127.0.0.1:0"));
        assert!(!is_server("hansa agent list"));
        assert!(!is_server("sleep 1"));
    }

    #[test]
    fn the_address_is_the_first_with_a_port() {
        let text = "docs at http://example.org/x\nlistening on http://127.0.0.1:4321/console.\n";
        assert_eq!(address_in(text), Some("127.0.0.1:4321"));
        assert_eq!(address_in("at http://localhost:80, now"), Some("localhost:80"));
        assert_eq!(address_in("at http://[::1]:7400."), Some("[::1]:7400"));
        assert_eq!(address_in("nothing yet"), None);
    }

    #[test]
    fn a_command_names_its_address() {
        assert_eq!(bound_to("hansa serve --bind 127.0.0.1:1 2> log"), Some("127.0.0.1:1"));
        assert_eq!(bound_to("hansa serve --bind=127.0.0.1:2 --data-dir d"), Some("127.0.0.1:2"));
        assert_eq!(bound_to("hansa serve"), None);
        assert_eq!(address_to_be("hansa serve"), Some(DEFAULT_ADDRESS));
        assert_eq!(address_to_be("hansa serve --bind 127.0.0.1:0"), None);
        assert_eq!(address_to_be("HANSA_SERVER__BIND=127.0.0.1:1 hansa serve"), None);
    }

    #[test]
    fn a_named_address_that_is_taken_is_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let refused = refuse_if_taken(&format!("hansa serve --bind {address}")).unwrap_err();
        assert!(refused.to_string().contains(&address.to_string()), "{refused}");
        drop(listener);
        refuse_if_taken(&format!("hansa serve --bind {address}")).unwrap();
    }

    #[test]
    fn ready_means_200() {
        for (status, expected) in [("200 OK", true), ("503 Service Unavailable", false)] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).unwrap();
                assert!(request[..length].starts_with(b"GET /readyz HTTP/1.1\r\n"));
                // In one piece: the other side hangs up once it has seen the status.
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            });
            assert_eq!(is_ready(&address), expected);
            server.join().unwrap();
        }
    }
}
