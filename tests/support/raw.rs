//! HTTP as bytes: what no client library lets a test send.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A connection that lives as long as both sides keep it.
#[derive(Debug)]
pub struct Connection(BufReader<TcpStream>);

/// What came back.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// Its status.
    pub status: u16,
    /// Its headers, the names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// Whether the server closes the connection now.
    pub closes: bool,
}

impl RawAnswer {
    /// The value of a header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Connection {
    /// Connects to the server of a URL.
    ///
    /// # Errors
    /// When nothing listens there.
    pub async fn to(url: &str) -> Result<Self> {
        let authority = url.trim_start_matches("http://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request as it is and reads the answer.
    ///
    /// # Errors
    /// When the connection ends before the answer does.
    pub async fn send(&mut self, request: &[u8]) -> Result<RawAnswer> {
        self.0.get_mut().write_all(request).await?;
        let (mut status, mut headers) = (100, Vec::new());
        while status == 100 {
            (status, headers) = self.head().await?;
        }
        let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value): &(_, String)| value);
        if header("transfer-encoding").is_some() {
            return Err(Error::new(ErrorKind::Unsupported, "a body in chunks"));
        }
        let has_body = !request.starts_with(b"HEAD ") && status != 204 && status != 304;
        let length = header("content-length").filter(|_| has_body).map_or(Ok(0), |length| length.parse());
        let mut body = vec![0; length.map_err(|_| Error::new(ErrorKind::InvalidData, "no length"))?];
        self.0.read_exact(&mut body).await?;
        let closes = header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        Ok(RawAnswer { status, body: String::from_utf8_lossy(&body).into_owned(), closes, headers })
    }

    async fn head(&mut self) -> Result<(u16, Vec<(String, String)>)> {
        let status = self.line().await?;
        let code = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let code = code.ok_or_else(|| Error::new(ErrorKind::InvalidData, format!("no status: {status:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { return Ok((code, headers)) };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        if self.0.read_until(b'\n', &mut line).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}
