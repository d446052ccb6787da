use std::{path::Path, sync::Arc};

use catalogue::{Catalogue, SftpAccess, SftpLogin};
use futures_util::{StreamExt, stream};
use russh::{
    client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse},
    keys::{HashAlg, PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key},
};
use russh_sftp::{
    client::{RawSftpSession, error::Error as SftpError},
    protocol::{FileAttributes, OpenFlags, StatusCode},
};

use super::{
    FetchError, Fetched,
    http::unavailable,
    landing::{Landing, State},
    remote::{Address, Remote},
};
use crate::config::IngestConfig;

/// Fetches `sftp://` origins.
pub(crate) struct SftpOrigins {
    remote: Remote,
    catalogue: Catalogue,
    config: Arc<client::Config>,
}

/// What every server lets read at once, and how much of that is under way: a round trip is long.
const READ_BYTES: u32 = 32 * 1024;
const READS_AT_ONCE: usize = 32;

impl SftpOrigins {
    pub(crate) fn new(config: &IngestConfig, catalogue: Catalogue) -> Self {
        let ssh = client::Config {
            inactivity_timeout: Some(config.connect_timeout()),
            nodelay: true,
            ..client::Config::default()
        };
        Self { remote: Remote::new(config), catalogue, config: Arc::new(ssh) }
    }

    /// Fetches `origin` into the file `into`.
    pub(crate) async fn fetch(
        &self,
        origin: &str,
        access: &SftpAccess,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let address = Address::parse(origin)?;
        self.remote.turn(&address, self.fetch_by_parts(&address, access, into)).await
    }

    async fn fetch_by_parts(
        &self,
        address: &Address,
        access: &SftpAccess,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let mut landing = Landing::create(address, into, self.remote.max_bytes).await?;
        loop {
            let had = landing.bytes();
            match self.take(address, access, &mut landing).await {
                Ok(()) => return landing.close().await,
                Err(broken) => landing.go_on_after(broken, had)?,
            }
        }
    }

    /// One session, which takes what has not come yet.
    async fn take(
        &self,
        address: &Address,
        access: &SftpAccess,
        landing: &mut Landing<'_, Address>,
    ) -> Result<(), FetchError> {
        let ssh = self.enter(address, access).await?;
        let session = async {
            let channel = ssh.channel_open_session().await?;
            channel.request_subsystem(true, "sftp").await?;
            Ok::<_, russh::Error>(RawSftpSession::new(channel.into_stream()))
        };
        let session = self.remote.in_time(address, session).await?;
        let session = session.map_err(|error| broken(address, &error))?;
        self.read(address, &session, landing).await?;
        landing.check_whole()
    }

    async fn read(
        &self,
        address: &Address,
        session: &RawSftpSession,
        landing: &mut Landing<'_, Address>,
    ) -> Result<(), FetchError> {
        let explain = |error: SftpError| explain(address, &error);
        session.init().await.map_err(explain)?;
        let found = session.stat(&address.path).await.map_err(explain)?.attrs;
        if !found.is_regular() {
            return Err(FetchError::Refused(format!("{address} is not a file")));
        }
        let state = State { bytes: found.size, modified: found.mtime.map(i64::from) };
        let Some(size) = state.bytes else {
            return Err(FetchError::Refused(format!("the server says no size of {address}")));
        };
        let from = landing.expect(state).await?;
        let opened = session.open(&address.path, OpenFlags::READ, FileAttributes::empty()).await;
        let handle = opened.map_err(explain)?.handle;
        let offsets = (from..size).step_by(READ_BYTES as usize);
        let reads = offsets.map(|at| {
            let len = u32::try_from(size - at).unwrap_or(READ_BYTES).min(READ_BYTES);
            read_exactly(session, &handle, (at, len))
        });
        let mut parts = stream::iter(reads).buffered(READS_AT_ONCE);
        while let Some(part) = parts.next().await {
            landing.write(&part.map_err(explain)?).await?;
        }
        drop(parts);
        session.close(handle).await.map(drop).map_err(explain)
    }

    /// A session of the user, at a server that proved to be the one we know.
    async fn enter(
        &self,
        address: &Address,
        access: &SftpAccess,
    ) -> Result<Handle<KnownServer>, FetchError> {
        let stream = self.remote.connect(address).await?;
        let server = KnownServer {
            catalogue: self.catalogue.clone(),
            strategy: access.strategy.clone(),
            pinned: access.host_key.clone(),
            name: format!("{}:{}", address.host, address.port),
        };
        let connecting = client::connect_stream(self.config.clone(), stream, server);
        let mut ssh = match self.remote.in_time(address, connecting).await? {
            Ok(ssh) => ssh,
            Err(NotEntered::Unknown(why)) => {
                return Err(FetchError::Refused(format!("{address} was not fetched: {why}")));
            }
            Err(NotEntered::Catalogue(error)) => {
                tracing::warn!(%address, ?error, "the known hosts can't be looked up");
                return Err(unavailable(address, "could not be checked"));
            }
            Err(NotEntered::Ssh(error)) => return Err(broken(address, &error)),
        };
        let admitted = self.remote.in_time(address, log_in(&mut ssh, access)).await?;
        match admitted.map_err(|error| FetchError::Refused(format!("{address}: {error}")))? {
            Ok(true) => Ok(ssh),
            Ok(false) => Err(FetchError::Refused(format!(
                "the server of {address} does not let {} in with these credentials",
                access.user
            ))),
            Err(error) => Err(broken(address, &error)),
        }
    }
}

/// The bytes of a range that lies within the file; a server may send fewer at a time.
async fn read_exactly(
    session: &RawSftpSession,
    handle: &str,
    (mut at, mut left): (u64, u32),
) -> Result<Vec<u8>, SftpError> {
    let mut bytes = Vec::new();
    while left > 0 {
        let mut part = session.read(handle, at, left).await?.data;
        part.truncate(left as usize);
        if part.is_empty() {
            return Err(SftpError::IO("the file ended before its end".to_owned()));
        }
        at += part.len() as u64;
        left -= u32::try_from(part.len()).unwrap_or(left);
        bytes.append(&mut part);
    }
    Ok(bytes)
}

/// Whether the server lets us in; the outer error is a key that is none.
async fn log_in(
    ssh: &mut Handle<KnownServer>,
    access: &SftpAccess,
) -> Result<Result<bool, russh::Error>, String> {
    let user = access.user.as_str();
    let (key, passphrase) = match &access.login {
        SftpLogin::Password(password) => {
            return Ok(log_in_by_password(ssh, user, password.expose()).await);
        }
        SftpLogin::Key { key, passphrase } => (key, passphrase),
    };
    let key = decode_secret_key(key.expose(), passphrase.as_ref().map(|text| text.expose()));
    let key = key.map_err(|error| {
        tracing::debug!(%error, "a private key can't be read");
        "the private key can't be read; it must be an Ed25519 or ECDSA key, and its passphrase has to fit"
    })?;
    let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
    Ok(ssh.authenticate_publickey(user, key).await.map(|result| result.success()))
}

/// Some servers ask for a password as if they asked a person.
async fn log_in_by_password(
    ssh: &mut Handle<KnownServer>,
    user: &str,
    password: &str,
) -> Result<bool, russh::Error> {
    const QUESTIONS: usize = 3;
    match ssh.authenticate_password(user, password).await? {
        AuthResult::Success => return Ok(true),
        AuthResult::Failure { remaining_methods, .. }
            if remaining_methods.contains(&russh::MethodKind::KeyboardInteractive) => {}
        AuthResult::Failure { .. } => return Ok(false),
    }
    let mut answer = ssh.authenticate_keyboard_interactive_start(user, None::<String>).await?;
    for _ in 0..QUESTIONS {
        match answer {
            KeyboardInteractiveAuthResponse::Success => return Ok(true),
            KeyboardInteractiveAuthResponse::Failure { .. } => return Ok(false),
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                let answers = vec![password.to_owned(); prompts.len()];
                answer = ssh.authenticate_keyboard_interactive_respond(answers).await?;
            }
        }
    }
    Ok(false)
}

/// A server, known by its key: the one that the customer names, or the first that was seen there.
struct KnownServer {
    catalogue: Catalogue,
    strategy: String,
    pinned: Option<String>,
    name: String,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
enum NotEntered {
    #[error("{0}")]
    Unknown(String),
    #[error(transparent)]
    Catalogue(#[from] catalogue::Error),
    #[error(transparent)]
    Ssh(#[from] russh::Error),
}

impl client::Handler for KnownServer {
    type Error = NotEntered;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let shown = shown.public_key().fingerprint(HashAlg::Sha256).to_string();
        let (trusted, remedy) = match &self.pinned {
            Some(pinned) => {
                (pinned.clone(), "if that is right, change 'hostKey' of its origin strategy")
            }
            None => (
                self.catalogue
                    .trust_host(&self.strategy, &self.name, &shown, self.catalogue.now())
                    .await?,
                "if that is right, send the credentials of its origin strategy again",
            ),
        };
        match trusted == shown {
            true => Ok(true),
            false => Err(NotEntered::Unknown(format!(
                "the server has the key {shown}, not {trusted}; {remedy}"
            ))),
        }
    }
}

fn explain(address: &Address, error: &SftpError) -> FetchError {
    let code = match error {
        SftpError::Status(status) => Some(status.status_code),
        SftpError::IO(_)
        | SftpError::Timeout
        | SftpError::Limited(_)
        | SftpError::UnexpectedPacket
        | SftpError::UnexpectedBehavior(_) => None,
    };
    if code == Some(StatusCode::NoSuchFile) {
        return FetchError::Refused(format!("there is no file {address}"));
    }
    if code == Some(StatusCode::PermissionDenied) {
        return FetchError::Refused(format!("the server does not let {address} be read"));
    }
    broken(address, error)
}

fn broken(address: &Address, error: &dyn std::error::Error) -> FetchError {
    tracing::debug!(%address, ?error, "a session broke off");
    unavailable(address, "broke off before the end")
}
