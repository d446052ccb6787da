use std::path::Path;

use futures_util::StreamExt;
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_RANGE, HeaderMap, HeaderValue, IF_RANGE, RANGE},
};

use super::{
    Asked, FetchError, HttpOrigins, Marks,
    fixity::Fixity,
    http::{check_status, unavailable},
    landing::{Landing, RESUMPTIONS},
    question::Question,
};

impl HttpOrigins {
    /// Takes the answer's body into the file `into`; when it breaks off, the rest is asked for, if the origin can tell
    /// that the file is still the same.
    pub(super) async fn download(
        &self,
        question: &Question<'_>,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        let answer = self.send(question, &marks.conditions()).await?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED && *marks != Marks::default() {
            return Ok(Asked::Same);
        }
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(Asked::Gone(status));
        }
        let mut answer = check_status(question, answer)?;
        let mut marks = Marks::of(answer.headers());
        let fixity = Fixity::of(answer.headers());
        let landing = Landing::create(question, into, self.max_bytes).await?;
        let mut body = Body { origins: self, question, landing, fixity };
        let mut is_second = false;
        for _ in 0..=RESUMPTIONS {
            let had = body.landing.bytes();
            let Some(broken) = body.take(answer).await? else {
                if body.fixity.is_some_and(|fixity| !fixity.holds()) {
                    return Err(unavailable(question, "sent other bytes than its checksum says"));
                }
                return Ok(Asked::Came(body.landing.close().await?, marks));
            };
            let has = body.landing.bytes();
            let Some(rest) = marks.rest(has).filter(|_| has > had) else {
                return Err(broken);
            };
            tracing::debug!(%question, bytes = has, "the rest of an origin is asked for");
            answer = self.send(question, &rest).await?;
            if answer.status() != StatusCode::PARTIAL_CONTENT {
                // The file is another one by now, or can't be had in parts: once more from the start.
                if std::mem::replace(&mut is_second, true) {
                    return Err(broken);
                }
                answer = check_status(question, answer)?;
                marks = Marks::of(answer.headers());
                body.fixity = Fixity::of(answer.headers());
                body.landing.begin_again().await?;
            } else if !body.is_gone_on_with_by(&answer) {
                return Err(unavailable(
                    question,
                    "sent other bytes than those that were asked for",
                ));
            }
        }
        Err(unavailable(question, "broke off again and again"))
    }
}

impl Marks {
    /// By which an origin can be asked for a part of the same file: no weak tag is good for that.
    fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.modified.as_deref())
    }

    /// The headers that ask for the rest of the same file, if the origin can tell that it is the same.
    fn rest(&self, from: u64) -> Option<HeaderMap> {
        let validator = HeaderValue::try_from(self.validator()?).ok()?;
        let range = HeaderValue::try_from(format!("bytes={from}-")).ok()?;
        Some(HeaderMap::from_iter([(RANGE, range), (IF_RANGE, validator)]))
    }
}

/// A body on its way into a file.
struct Body<'a> {
    origins: &'a HttpOrigins,
    question: &'a Question<'a>,
    landing: Landing<'a, Question<'a>>,
    fixity: Option<Fixity>,
}

impl Body<'_> {
    /// Why it broke off, if it did.
    async fn take(&mut self, answer: Response) -> Result<Option<FetchError>, FetchError> {
        let rest = answer.content_length().unwrap_or_default();
        self.landing.check_size(self.landing.bytes().saturating_add(rest))?;
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(chunk) => {
                    self.landing.write(&chunk).await?;
                    self.fixity.iter_mut().for_each(|fixity| fixity.update(&chunk));
                }
                Err(error) => return Ok(Some(self.origins.explain(self.question, &error))),
            }
        }
        Ok(None)
    }

    fn is_gone_on_with_by(&self, answer: &Response) -> bool {
        let range = answer.headers().get(CONTENT_RANGE).map(HeaderValue::to_str);
        let Some(Ok(range)) = range else { return false };
        range.starts_with(&format!("bytes {}-", self.landing.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;
    use crate::config::IngestConfig;

    /// What the origin is good for, and how often it was asked.
    #[derive(Clone, Default)]
    struct Origin {
        etags: &'static [&'static str],
        ignores_ranges: bool,
        lies: bool,
        checksum: Option<&'static str>,
        asked: Arc<AtomicUsize>,
    }

    const TEXT: &str = "0123456789abcdefghij";
    /// What of a body comes before it breaks off.
    const PART: usize = 7;

    impl Origin {
        /// Answers one question, and hangs up before the end.
        async fn answer(self, mut stream: TcpStream) -> std::io::Result<()> {
            let (mut question, mut byte) = (Vec::new(), [0]);
            while !question.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await? == 1 {
                question.push(byte[0]);
            }
            let question = String::from_utf8_lossy(&question).into_owned();
            let header = |name: &str| {
                let lines = question.lines().filter_map(|line| line.split_once(": "));
                lines
                    .clone()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value)
            };
            let nth = self.asked.fetch_add(1, SeqCst);
            let etag = self.etags[nth.min(self.etags.len() - 1)];
            let from = header("range").and_then(|it| it.strip_prefix("bytes=")?.strip_suffix('-'));
            let is_same = header("if-range") == Some(etag) && !self.ignores_ranges;
            let from = from.filter(|_| is_same).map(|from| from.parse::<usize>().unwrap());
            let rest = &TEXT[from.unwrap_or(0)..];
            let told = if self.lies { 0 } else { from.unwrap_or(0) };
            let digest = self.checksum.map(|sum| format!("repr-digest: sha-256=:{sum}:\r\n"));
            let digest = digest.unwrap_or_default();
            let (status, range) = match from {
                Some(_) => {
                    ("206 Partial Content", format!("content-range: bytes {told}-19/20\r\n"))
                }
                None => ("200 OK", String::new()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\netag: {etag}\r\n{digest}{range}content-length: {}\r\nconnection: close\r\n\r\n",
                rest.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&rest.as_bytes()[..rest.len().min(PART)]).await?;
            stream.shutdown().await
        }
    }

    /// What came, and how many questions it took.
    async fn fetch(origin: Origin) -> (Result<String, FetchError>, usize) {
        let asked = Arc::clone(&origin.asked);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(origin.clone().answer(stream));
            }
        });
        let private_hosts = vec!["127.0.0.1".to_owned()];
        let config = IngestConfig { private_hosts, ..IngestConfig::default() };
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("origin");
        let fetched = HttpOrigins::new(&config).unwrap().fetch(&url, None, &into).await;
        let text = fetched.map(|fetched| std::fs::read_to_string(fetched.path).unwrap());
        (text, asked.load(SeqCst))
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_gone_on_with() {
        let (text, asked) = fetch(Origin { etags: &["\"1\""], ..Origin::default() }).await;
        assert_eq!((text.unwrap().as_str(), asked), (TEXT, 3));
    }

    #[tokio::test]
    async fn bytes_of_two_states_of_a_file_are_never_mixed() {
        let etags = &["\"1\"", "\"2\""];
        let (text, asked) = fetch(Origin { etags, ..Origin::default() }).await;
        assert_eq!((text.unwrap().as_str(), asked), (TEXT, 4), "begun again once");
        let (text, _) = fetch(Origin { etags: &["\"1\""], lies: true, ..Origin::default() }).await;
        let error = text.unwrap_err().to_string();
        assert!(error.contains("other bytes"), "{error}");
    }

    #[tokio::test]
    async fn bytes_that_changed_on_the_way_are_asked_for_again_later() {
        let etags = &["\"1\""];
        let right = Some("a8FL3EUXp6aCxpEN4uKUbrjh7NBAkHKP720JKnzrYsU=");
        let (text, _) = fetch(Origin { etags, checksum: right, ..Origin::default() }).await;
        assert_eq!(text.unwrap(), TEXT, "in three parts");
        let wrong = Some("AAFL3EUXp6aCxpEN4uKUbrjh7NBAkHKP720JKnzrYsU=");
        let (text, _) = fetch(Origin { etags, checksum: wrong, ..Origin::default() }).await;
        let error = text.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable(_)), "{error}");
        assert!(error.to_string().contains("its checksum"), "{error}");
    }

    #[tokio::test]
    async fn what_cannot_be_gone_on_with_may_be_tried_later() {
        let weak = Origin { etags: &["W/\"1\""], ..Origin::default() };
        let whole = Origin { etags: &["\"1\""], ignores_ranges: true, ..Origin::default() };
        for (origin, questions) in [(weak, 1), (whole, 3)] {
            let (text, asked) = fetch(origin).await;
            let error = text.unwrap_err();
            assert!(matches!(error, FetchError::Unavailable(_)), "{error}");
            assert_eq!(asked, questions, "{error}");
        }
    }
}
