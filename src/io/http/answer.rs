//! Owns reading a web server's answer from its bytes (RFC 9112): status, and the body by its length, in chunks, or to the
//! end.
//! Never takes half an answer for a whole one.

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status (RFC 9110, 15), 200.
    pub status: u16,
    /// Its body; bytes that are no UTF-8 replaced.
    pub body: String,
}

/// The answer, if these bytes hold all of it; `ended` says that no more will come.
pub(super) fn read(bytes: &[u8], ended: bool) -> Result<Option<Answer>, String> {
    let missing = || if ended { Err("an answer that breaks off".to_owned()) } else { Ok(None) };
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return missing() };
    let (head, rest) = bytes.split_at_checked(end + 4).unwrap_or((bytes, &[]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = status(lines.next().unwrap_or_default())?;
    if (100..200).contains(&status) {
        // Only a word in between (RFC 9110, 15.2).
        return read(rest, ended);
    }
    let field = |name: &str| {
        let named = |line: &&str| line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        head.lines()
            .find(named)
            .and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
    };
    let chunked =
        field("Transfer-Encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
    let body = match field("Content-Length") {
        _ if chunked => chunks(rest)?,
        Some(length) => {
            let length: usize = length.parse().map_err(|_| "an answer of no readable length".to_owned())?;
            rest.get(..length).map(<[u8]>::to_vec)
        }
        None => ended.then(|| rest.to_vec()),
    };
    match body {
        Some(body) => Ok(Some(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })),
        None => missing(),
    }
}

fn status(line: &str) -> Result<u16, String> {
    let (version, rest) = line.split_once(' ').unwrap_or((line, ""));
    let code = rest.get(..3).and_then(|code| code.parse().ok()).filter(|_| version.starts_with("HTTP/1."));
    code.ok_or_else(|| "what answers is no web server".to_owned())
}

/// The body of these chunks (RFC 9112, 7.1); none while some are missing. Fields behind the last are left unread.
fn chunks(mut rest: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let (size, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let size = String::from_utf8_lossy(size);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size =
            usize::from_str_radix(size, 16).map_err(|_| "an answer in unreadable pieces".to_owned())?;
        let behind = behind.get(2..).unwrap_or_default();
        if size == 0 {
            return Ok(Some(body));
        }
        let whole = size.checked_add(2).and_then(|size| behind.split_at_checked(size));
        let Some((chunk, next)) = whole else { return Ok(None) };
        body.extend_from_slice(chunk.get(..size).unwrap_or_default());
        rest = next;
    }
}
