use std::{fmt, str::FromStr};

/// The place an asset comes from, told apart by how it is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// `http://` or `https://`
    Http(String),
    /// `file://` and an absolute path, percent-decoded by whoever opens it.
    File(String),
    /// `s3://bucket/key`, `gs://bucket/key` or `az://container/key`
    Bucket(String),
    /// `sftp://`
    Sftp(String),
    /// `ftp://`, or `ftps://` for FTP by TLS
    Ftp(String),
    /// Bytes that came with the registration and lie in our own storage, under this key.
    Upload(String),
}

/// Why a text is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrigin {
    #[error("an origin must be a URL such as https://files.example.org/page-1.tif")]
    NotAUrl,
    #[error("an origin must not be longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error(
        "origins of the kind '{0}' are not supported; use http, https, file, s3, gs, az, sftp, ftp or ftps"
    )]
    Scheme(String),
}

const MAX_BYTES: usize = 8 * 1024;
const UPLOAD: &str = "recto-upload";

impl Origin {
    /// The origin of bytes that came with the registration.
    pub fn upload(key: &str) -> Self {
        Self::Upload(format!("{UPLOAD}://{key}"))
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Http(url)
            | Self::File(url)
            | Self::Bucket(url)
            | Self::Sftp(url)
            | Self::Ftp(url)
            | Self::Upload(url) => url,
        }
    }

    /// The key in our own storage, if the bytes lie there.
    pub fn upload_key(&self) -> Option<&str> {
        match self {
            Self::Upload(url) => url.strip_prefix(UPLOAD)?.strip_prefix("://"),
            Self::Http(_) | Self::File(_) | Self::Bucket(_) | Self::Sftp(_) | Self::Ftp(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(InvalidOrigin::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(InvalidOrigin::NotAUrl)?;
        if rest.is_empty() || text.chars().any(char::is_control) {
            return Err(InvalidOrigin::NotAUrl);
        }
        let url = text.to_owned();
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => Ok(Self::Http(url)),
            "file" => Ok(Self::File(url)),
            "s3" | "gs" | "az" => Ok(Self::Bucket(url)),
            "sftp" => Ok(Self::Sftp(url)),
            "ftp" | "ftps" => Ok(Self::Ftp(url)),
            UPLOAD => Ok(Self::Upload(url)),
            other => Err(InvalidOrigin::Scheme(other.chars().take(20).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_told_apart_by_their_scheme() {
        let kind = |text: &str| text.parse::<Origin>().unwrap();
        assert!(matches!(kind("HTTPS://x.example.org/a.tif"), Origin::Http(_)));
        assert!(matches!(kind("file:///scans/a.tif"), Origin::File(_)));
        for bucket in ["s3://bucket/a.tif", "gs://bucket/a.tif", "az://container/a.tif"] {
            assert!(matches!(kind(bucket), Origin::Bucket(_)), "{bucket}");
        }
        assert!(matches!(kind("sftp://host/a.tif"), Origin::Sftp(_)));
        assert!(matches!(kind("ftps://host/a.tif"), Origin::Ftp(_)));
    }

    #[test]
    fn what_cannot_be_fetched_is_refused() {
        for text in ["", "a.tif", "http://", "gopher://x/a", "javascript:alert(1)", "http://a\nb/c"]
        {
            assert!(text.parse::<Origin>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_upload_knows_its_key() {
        let origin = Origin::upload("2/5/a/upload");
        assert_eq!(origin.as_str().parse::<Origin>().unwrap(), origin);
        assert_eq!(origin.upload_key(), Some("2/5/a/upload"));
    }
}
