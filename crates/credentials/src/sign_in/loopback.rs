//! The port of this computer that the browser comes back to, for one sign-in.
//!
//! **Invariant**: answers on loopback addresses alone; takes one answer, with the state it gave out, and repeats
//! nothing of it on a page.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::{Error, Secret, token_endpoint};

/// How often a port is sought that is free on both of the computer's own addresses.
const ATTEMPTS: usize = 16;
/// How long one connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

const DONE: &str = "Granary goes on from here. You may close this page.";
const REFUSED: &str = "The sign-in was not completed. You may close this page; Granary says what to do.";
const FOREIGN: &str = "This page belongs to no sign-in that Granary waits for. Start again in Granary.";

/// The listener of one sign-in.
#[derive(Debug)]
pub(super) struct Loopback {
    port: u16,
    v4: TcpListener,
    /// Browsers may take `localhost` for this address first; where there is none, none is needed.
    v6: Option<TcpListener>,
}

impl Loopback {
    /// Listens on a free port.
    pub(super) async fn listen() -> Result<Self, Error> {
        Self::listen_at(std::iter::repeat_n(0, ATTEMPTS)).await
    }

    /// Takes the first port that is free for IPv4 and, where there is IPv6, for that too.
    async fn listen_at(ports: impl Iterator<Item = u16>) -> Result<Self, Error> {
        let mut last = std::io::Error::from(std::io::ErrorKind::AddrInUse);
        for wanted in ports {
            let v4 = match TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).await {
                Ok(listener) => listener,
                Err(error) => {
                    last = error;
                    continue;
                }
            };
            let port = v4.local_addr().map_err(|source| Error::NoPort { source })?.port();
            match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(v6) => {
                    return Ok(Self {
                        port,
                        v4,
                        v6: Some(v6),
                    });
                }
                // Somebody else would hear what is meant for us.
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => last = error,
                Err(_) => return Ok(Self { port, v4, v6: None }),
            }
        }
        Err(Error::NoPort { source: last })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the browser; answers the code it brings for this state. Nobody listens any more afterwards.
    pub(super) async fn code(self, state: &str) -> Result<Secret, Error> {
        let (brought, mut came) = mpsc::channel(1);
        loop {
            let stream = tokio::select! {
                Some(outcome) = came.recv() => return outcome,
                accepted = self.v4.accept() => accepted,
                accepted = accept(self.v6.as_ref()) => accepted,
            };
            if let Ok((stream, _)) = stream {
                tokio::spawn(answer(stream, state.to_owned(), brought.clone()));
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, std::net::SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

type Outcome = Result<Secret, Error>;

async fn answer(stream: TcpStream, state: String, brought: mpsc::Sender<Outcome>) {
    let mut outcome = None;
    let found = std::sync::Mutex::new(&mut outcome);
    let serve = service_fn(|request: Request<Incoming>| {
        let read = read(
            request.method(),
            request.uri().query(),
            request.uri().path(),
            &state,
        );
        let response = page(&read);
        if let Callback::Code(_) | Callback::Refused(_) = read
            && let Ok(mut found) = found.lock()
        {
            **found = Some(read);
        }
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), serve);
    // A page that did not arrive does not undo the sign-in.
    let _ = tokio::time::timeout(PATIENCE, connection).await;
    let _ = match outcome {
        Some(Callback::Code(code)) => brought.try_send(Ok(code)),
        Some(Callback::Refused(error)) => brought.try_send(Err(error)),
        _ => return,
    };
}

/// What a request to the port is.
#[derive(Debug)]
enum Callback {
    Code(Secret),
    Refused(Error),
    /// Not ours: another state, another path, another method.
    Foreign,
}

fn read(method: &Method, query: Option<&str>, path: &str, state: &str) -> Callback {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect::<Vec<_>>();
    let said = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_ref())
    };
    if method != Method::GET || path != "/" || said("state") != Some(state) {
        return Callback::Foreign;
    }
    match (said("error"), said("code")) {
        (Some(error), _) => Callback::Refused(token_endpoint::told(error, said("error_description"))),
        (None, Some(code)) if !code.is_empty() => Callback::Code(Secret::new(code)),
        _ => Callback::Foreign,
    }
}

fn page(callback: &Callback) -> Response<String> {
    let (status, words) = match callback {
        Callback::Code(_) => (StatusCode::OK, DONE),
        Callback::Refused(_) => (StatusCode::OK, REFUSED),
        Callback::Foreign => (StatusCode::BAD_REQUEST, FOREIGN),
    };
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Granary</title>\
         <meta name=\"color-scheme\" content=\"light dark\"></head><body><h1>Granary</h1><p>{words}</p></body></html>"
    );
    let mut response = Response::new(text);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn ask(port: u16, target: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn only_the_state_that_was_given_out_is_taken_and_only_once() {
        let loopback = Loopback::listen().await.unwrap();
        let port = loopback.port();
        let waiting = tokio::spawn(async move { loopback.code("right").await });
        for foreign in [
            "/?code=c&state=wrong",
            "/?code=c",
            "/favicon.ico",
            "/?state=right",
            "/?code=&state=right",
        ] {
            let answer = ask(port, foreign).await;
            assert!(
                answer.starts_with("HTTP/1.1 400") && answer.contains("no sign-in"),
                "{answer}"
            );
        }
        let answer = ask(port, "/?code=canary&state=right").await;
        assert!(
            answer.contains("You may close this page") && !answer.contains("canary"),
            "{answer}"
        );
        let code = waiting.await.unwrap().unwrap();
        assert_eq!(code.expose(), "canary");
        let again = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
        assert!(again.is_err(), "nobody listens for a second callback");
    }

    #[tokio::test]
    async fn a_refusal_is_told_with_its_number() {
        let loopback = Loopback::listen().await.unwrap();
        let port = loopback.port();
        let waiting = tokio::spawn(async move { loopback.code("s").await });
        let answer = ask(
            port,
            "/?error=access_denied&error_description=AADSTS65001%3A+no&state=s",
        )
        .await;
        assert!(
            answer.contains("not completed") && !answer.contains("65001"),
            "{answer}"
        );
        let refused = waiting.await.unwrap();
        let Err(Error::Refused { refusal, code }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            (refusal, code.as_deref()),
            (Refusal::ConsentNeeded, Some("AADSTS65001"))
        );
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_left_for_another() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let loopback = Loopback::listen_at([port, 0].into_iter()).await.unwrap();
        assert_ne!(loopback.port(), port);
        let none = Loopback::listen_at([port].into_iter()).await;
        assert!(matches!(none, Err(Error::NoPort { .. })), "{none:?}");
    }

    #[tokio::test]
    async fn who_sends_nothing_holds_nobody_up() {
        let loopback = Loopback::listen().await.unwrap();
        let port = loopback.port();
        let waiting = tokio::spawn(async move { loopback.code("s").await });
        let _silent = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        ask(port, "/?code=c&state=s").await;
        assert_eq!(waiting.await.unwrap().unwrap().expose(), "c");
    }
}
