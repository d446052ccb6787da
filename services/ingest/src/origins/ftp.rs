use std::{path::Path, sync::Arc};

use anyhow::Context;
use catalogue::Login;
use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt;
use suppaftp::{
    FtpError, FtpResult, Status,
    tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream},
    types::FileType,
};
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsConnector;

use super::{
    FetchError, Fetched,
    http::unavailable,
    landing::{Landing, State},
    remote::{Address, Remote},
};
use crate::config::IngestConfig;

/// Fetches `ftp://` origins, and `ftps://` ones: those by TLS, for commands and for files.
pub(crate) struct FtpOrigins {
    remote: Remote,
    tls: Arc<ClientConfig>,
}

const PART_BYTES: usize = 64 * 1024;

impl FtpOrigins {
    pub(crate) fn new(config: &IngestConfig) -> anyhow::Result<Self> {
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .context("TLS for FTP can't be set up")?
            .with_no_client_auth();
        Ok(Self { remote: Remote::new(config), tls: Arc::new(tls) })
    }

    /// Trusts one certificate (PEM) and no other.
    #[cfg(test)]
    pub(super) fn trusting(config: &IngestConfig, certificate: &[u8]) -> anyhow::Result<Self> {
        use rustls::pki_types::{CertificateDer, pem::PemObject};

        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(certificate)?)?;
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { remote: Remote::new(config), tls: Arc::new(tls) })
    }

    /// Fetches `origin` into the file `into`; as nobody in particular, if nobody is named.
    pub(crate) async fn fetch(
        &self,
        origin: &str,
        login: Option<&Login>,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let address = Address::parse(origin)?;
        self.remote.turn(&address, self.fetch_by_parts(&address, login, into)).await
    }

    async fn fetch_by_parts(
        &self,
        address: &Address,
        login: Option<&Login>,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let mut landing = Landing::create(address, into, self.remote.max_bytes).await?;
        loop {
            let had = landing.bytes();
            match self.take(address, login, &mut landing).await {
                Ok(()) => return landing.close().await,
                Err(broken) => landing.go_on_after(broken, had)?,
            }
        }
    }

    /// One session, which takes what has not come yet.
    async fn take(
        &self,
        address: &Address,
        login: Option<&Login>,
        landing: &mut Landing<'_, Address>,
    ) -> Result<(), FetchError> {
        let mut ftp = self.enter(address, login).await?;
        let explain = |error: FtpError| explain(address, &error);
        let state = self.remote.in_time(address, look_at(&mut ftp, &address.path)).await?;
        let from = landing.expect(state.map_err(explain)?).await?;
        let offset = usize::try_from(from).unwrap_or(usize::MAX);
        let sent = async {
            ftp.resume_transfer(offset).await?;
            ftp.retr_as_stream(&address.path).await
        };
        let mut sent = self.remote.in_time(address, sent).await?.map_err(explain)?;
        let mut part = vec![0; PART_BYTES];
        loop {
            let read = self.remote.in_time(address, sent.read(&mut part)).await?;
            match read.map_err(|error| broken(address, &error))? {
                0 => break,
                bytes => landing.write(&part[..bytes]).await?,
            }
        }
        // The server says whether that was all: a data connection ends the same way when it breaks off.
        self.remote.in_time(address, sent.finish()).await?.map_err(explain)?;
        landing.check_whole()
    }

    async fn enter(
        &self,
        address: &Address,
        login: Option<&Login>,
    ) -> Result<AsyncRustlsFtpStream, FetchError> {
        let stream = self.remote.connect(address).await?;
        let entered = async {
            let mut ftp = AsyncRustlsFtpStream::connect_with_stream(stream).await?;
            if address.scheme == "ftps" {
                let tls = AsyncRustlsConnector::from(TlsConnector::from(self.tls.clone()));
                ftp = ftp.into_secure(tls, &address.host).await?;
            }
            // Files come from the same address, whatever the server says: it could name any host of ours.
            ftp.set_passive_nat_workaround(true);
            match login {
                Some(login) => ftp.login(login.user.as_str(), login.password.expose()).await?,
                None => ftp.login("anonymous", "anonymous@").await?,
            }
            ftp.transfer_type(FileType::Binary).await?;
            Ok(ftp)
        };
        let entered = self.remote.in_time(address, entered).await?;
        entered.map_err(|error: FtpError| explain(address, &error))
    }
}

/// What the server says of a file; not all servers say all of it.
async fn look_at(ftp: &mut AsyncRustlsFtpStream, path: &str) -> FtpResult<State> {
    let bytes = unless_unknown(ftp.size(path).await)?.and_then(|bytes| u64::try_from(bytes).ok());
    let modified = unless_unknown(ftp.mdtm(path).await)?;
    Ok(State { bytes, modified: modified.map(|time| time.and_utc().timestamp()) })
}

/// A server that refuses to say something says `None`; whether the file is there, it tells when it is to send it.
fn unless_unknown<T>(answer: FtpResult<T>) -> FtpResult<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(FtpError::UnexpectedResponse(_) | FtpError::BadResponse) => Ok(None),
        Err(error) => Err(error),
    }
}

fn explain(address: &Address, error: &FtpError) -> FetchError {
    if let FtpError::SecureError(why) = error {
        return unavailable(address, format!("can't be reached by TLS: {why}"));
    }
    let FtpError::UnexpectedResponse(answer) = error else { return broken(address, error) };
    let (status, code) = (answer.status, answer.status.code());
    if matches!(status, Status::NotLoggedIn | Status::InvalidCredentials) {
        return FetchError::Refused(format!("the server of {address} does not let us in"));
    }
    if matches!(status, Status::FileUnavailable | Status::BadFilename) {
        return FetchError::Refused(format!("there is no file {address} that may be read"));
    }
    match code {
        500..600 => FetchError::Refused(format!("the server of {address} answered {code}")),
        _ => unavailable(address, format!("was answered with {code}")),
    }
}

fn broken(address: &Address, error: &dyn std::error::Error) -> FetchError {
    tracing::debug!(%address, ?error, "a session broke off");
    unavailable(address, "broke off before the end")
}
