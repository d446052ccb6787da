//! What SFTP origins owe us, tried on OpenSSH, and on a server here that takes passwords and cuts connections.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use catalogue::{
    Catalogue, Change, Credentials, DatabaseConfig, OriginAccess, OriginStrategyFields,
};
use russh::{
    Channel, ChannelId,
    keys::{HashAlg, PrivateKey, decode_secret_key},
    server::{self, Auth, ChannelOpenHandle, Msg, Session},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{FetchError, SftpOrigins};
use crate::config::IngestConfig;

/// A library with one customer, whose origins by SFTP are fetched with these credentials.
struct Library {
    catalogue: Catalogue,
    strategy: String,
    origins: SftpOrigins,
}

impl Library {
    async fn with(credentials: &str) -> Self {
        let url = "sqlite::memory:".to_owned();
        let credential_keys = vec!["test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned()];
        let config = DatabaseConfig { url, credential_keys, ..DatabaseConfig::default() };
        let catalogue = Catalogue::open(&config, Path::new("")).await.unwrap();
        catalogue.migrate().await.unwrap();
        catalogue.set_up(catalogue.now()).await.unwrap();
        let fields = OriginStrategyFields {
            regex: Change::Set("^sftp:".to_owned()),
            strategy: Change::Set("sftp".to_owned()),
            ..fields(credentials)
        };
        let made = catalogue.create_origin_strategy(1, &fields, catalogue.now()).await.unwrap();
        let private_hosts = vec!["127.0.0.1".to_owned()];
        let config =
            IngestConfig { private_hosts, max_source_bytes: 1 << 20, ..IngestConfig::default() };
        let origins = SftpOrigins::new(&config, catalogue.clone());
        Self { catalogue, strategy: made.id, origins }
    }

    async fn fetch(&self, origin: &str) -> Result<Vec<u8>, FetchError> {
        let access = self.catalogue.origin_access(1, &origin.parse().unwrap()).await.unwrap();
        let OriginAccess::Sftp(access) = access else { panic!("{access:?}") };
        let folder = tempfile::tempdir().unwrap();
        let fetched = self.origins.fetch(origin, &access, &folder.path().join("origin")).await?;
        assert_eq!(fetched.bytes, fetched.file.metadata().unwrap().len());
        Ok(std::fs::read(fetched.path).unwrap())
    }

    async fn say_again(&self, credentials: &str) {
        let (fields, any) = (fields(credentials), catalogue::Expected::Whatever);
        let put = self.catalogue.put_origin_strategy(
            1,
            &self.strategy,
            &fields,
            &any,
            self.catalogue.now(),
        );
        put.await.unwrap();
    }
}

fn fields(credentials: &str) -> OriginStrategyFields {
    let credentials: Credentials = serde_json::from_str(credentials).unwrap();
    OriginStrategyFields {
        credentials: Change::Set(credentials),
        ..OriginStrategyFields::default()
    }
}

/// OpenSSH's own server, for whoever has the key.
struct OpenSsh {
    folder: tempfile::TempDir,
    port: u16,
    server: Child,
}

impl OpenSsh {
    /// `None` where the tests run without services.
    async fn start() -> Option<Self> {
        let Some(program) = crate::testing::variable("RECTO_TEST_SSHD") else {
            println!("RECTO_TEST_SSHD is not set: OpenSSH was left out");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        for name in ["host", "user"] {
            generate_key(&folder.path().join(name), "ed25519");
        }
        let port = crate::testing::free_port();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {at}/host\nAuthorizedKeysFile {at}/user.pub\n\
             PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n\
             Subsystem sftp internal-sftp\n"
        );
        std::fs::write(folder.path().join("sshd_config"), config).unwrap();
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f"]).arg(folder.path().join("sshd_config"));
        let server = command.stderr(Stdio::null()).spawn().unwrap();
        crate::testing::until_it_listens(port).await;
        Some(Self { folder, port, server })
    }

    fn credentials(&self, more: &str) -> String {
        let key = std::fs::read_to_string(self.folder.path().join("user")).unwrap();
        let (key, user) = (serde_json::to_string(&key).unwrap(), user());
        format!(r#"{{"user": "{user}", "privateKey": {key}{more}}}"#)
    }

    fn fingerprint(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("host")).unwrap();
        fingerprint(&decode_secret_key(&text, None).unwrap())
    }

    fn origin(&self, name: &str) -> String {
        format!("sftp://127.0.0.1:{}{}/{name}", self.port, self.folder.path().display())
    }
}

impl Drop for OpenSsh {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

fn generate_key(path: &Path, kind: &str) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-N", "", "-t", kind, "-f"]).arg(path);
    assert!(command.status().unwrap().success());
}

fn user() -> String {
    let id = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}

fn fingerprint(key: &PrivateKey) -> String {
    key.public_key().fingerprint(HashAlg::Sha256).to_string()
}

/// More than all that is asked for at once.
fn bytes() -> Vec<u8> {
    (0..1_000_001_u32).map(|n| (n * 7 + n / 251) as u8).collect()
}

#[tokio::test]
async fn a_file_comes_from_openssh_by_key_and_every_refusal_has_a_reason() {
    let Some(server) = OpenSsh::start().await else { return };
    let write = |name: &str, bytes: &[u8]| std::fs::write(server.folder.path().join(name), bytes);
    write("a file €.tif", &bytes()).unwrap();
    write("large", &vec![0; (1 << 20) + 1]).unwrap();
    write("empty", b"").unwrap();
    std::fs::create_dir(server.folder.path().join("folder")).unwrap();
    let library = Library::with(&server.credentials("")).await;
    let came = library.fetch(&server.origin("a%20file%20%E2%82%AC.tif")).await.unwrap();
    assert_eq!(came, bytes());
    assert_eq!(library.fetch(&server.origin("empty")).await.unwrap(), b"");
    let known = library.catalogue.known_hosts(&library.strategy).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(
        (known[0].host.clone(), known[0].key.clone()),
        (format!("127.0.0.1:{}", server.port), server.fingerprint())
    );
    for (origin, words) in [
        (server.origin("gone"), "there is no file"),
        (server.origin("large"), "larger than the limit"),
        (server.origin("folder"), "is not a file"),
    ] {
        let error = library.fetch(&origin).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused(_)), "{origin}: {error}");
        assert!(error.to_string().contains(words), "{origin}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_shows_another_key_is_told_nothing() {
    let Some(server) = OpenSsh::start().await else { return };
    std::fs::write(server.folder.path().join("a"), "pixels").unwrap();
    let pinned = server.credentials(&format!(r#", "hostKey": "{}""#, server.fingerprint()));
    let library = Library::with(&pinned).await;
    assert_eq!(library.fetch(&server.origin("a")).await.unwrap(), b"pixels");

    let other = format!("SHA256:{}", "A".repeat(43));
    library.say_again(&server.credentials(&format!(r#", "hostKey": "{other}""#))).await;
    let error = library.fetch(&server.origin("a")).await.unwrap_err();
    assert!(error.to_string().contains("change 'hostKey'"), "{error}");
    assert!(matches!(error, FetchError::Refused(_)), "{error}");

    library.say_again(&server.credentials("")).await;
    let host = format!("127.0.0.1:{}", server.port);
    library
        .catalogue
        .trust_host(&library.strategy, &host, &other, library.catalogue.now())
        .await
        .unwrap();
    let error = library.fetch(&server.origin("a")).await.unwrap_err();
    assert!(error.to_string().contains("send the credentials"), "{error}");
    library.say_again(&server.credentials("")).await;
    assert_eq!(library.fetch(&server.origin("a")).await.unwrap(), b"pixels");
}

#[tokio::test]
async fn hosts_of_the_operators_own_network_are_not_asked() {
    let library = Library::with(r#"{"user": "a", "password": "b"}"#).await;
    for origin in ["sftp://localhost/a", "sftp://127.0.0.2/a", "sftp://[::1]/a"] {
        let error = library.fetch(origin).await.unwrap_err();
        assert!(error.to_string().contains("not on the public internet"), "{origin}: {error}");
    }
}

/// A server that asks for passwords, in the way that it likes, and leaves files to OpenSSH's `sftp-server`.
struct Guarded {
    asks_a_person: bool,
    channel: Option<Channel<Msg>>,
}

impl server::Handler for Guarded {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        let is_known = !self.asks_a_person && (user, password) == ("reader", "hush");
        Ok(if is_known { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _user: &str,
        _submethods: &str,
        response: Option<server::Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let Some(mut response) = response.filter(|_| self.asks_a_person) else {
            let question = [("Password: ".into(), false)];
            return Ok(match self.asks_a_person {
                true => Auth::Partial {
                    name: "".into(),
                    instructions: "".into(),
                    prompts: question.to_vec().into(),
                },
                false => Auth::reject(),
            });
        };
        let is_known = response.next().is_some_and(|answer| &answer[..] == b"hush");
        Ok(if is_known { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        _name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(id)?;
        let mut child = tokio::process::Command::new("/usr/lib/openssh/sftp-server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut files = tokio::io::join(child.stdout.take().unwrap(), child.stdin.take().unwrap());
        let mut stream = self.channel.take().unwrap().into_stream();
        tokio::spawn(async move {
            let _ended = tokio::io::copy_bidirectional(&mut stream, &mut files).await;
            drop(child);
        });
        Ok(())
    }
}

/// Starts the server; the first `cuts` connections break off after so many bytes.
async fn guarded(asks_a_person: bool, cuts: usize) -> (u16, Arc<AtomicUsize>) {
    const UNTIL_CUT: u64 = 400_000;
    let key =
        PrivateKey::random(&mut russh::keys::key::safe_rng(), russh::keys::Algorithm::Ed25519);
    let config = Arc::new(server::Config {
        keys: vec![key.unwrap()],
        auth_rejection_time: std::time::Duration::ZERO,
        ..server::Config::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((outside, _)) = listener.accept().await {
            let (inside, server) = tokio::io::duplex(64 * 1024);
            let handler = Guarded { asks_a_person, channel: None };
            let config = config.clone();
            tokio::spawn(async move {
                if let Ok(session) = server::run_stream(config, server, handler).await {
                    let _ended = session.await;
                }
            });
            let limit = match counted.fetch_add(1, SeqCst) < cuts {
                true => UNTIL_CUT,
                false => u64::MAX,
            };
            tokio::spawn(relay(outside, inside, limit));
        }
    });
    (port, connections)
}

/// Carries bytes both ways, and hangs up when so many came from within.
async fn relay(outside: TcpStream, inside: tokio::io::DuplexStream, limit: u64) {
    let (mut from_outside, mut to_outside) = outside.into_split();
    let (from_inside, mut to_inside) = tokio::io::split(inside);
    let inward = tokio::spawn(async move {
        let _ended = tokio::io::copy(&mut from_outside, &mut to_inside).await;
    });
    let _ended = tokio::io::copy(&mut from_inside.take(limit), &mut to_outside).await;
    let _shut = to_outside.shutdown().await;
    inward.abort();
}

#[tokio::test]
async fn a_password_opens_a_server_that_asks_for_it_in_either_way() {
    if crate::testing::variable("RECTO_TEST_SSHD").is_none() {
        println!("RECTO_TEST_SSHD is not set: OpenSSH's sftp-server was left out");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "pixels").unwrap();
    let library = Library::with(r#"{"user": "reader", "password": "hush"}"#).await;
    let wrong = Library::with(r#"{"user": "reader", "password": "wrong"}"#).await;
    for asks_a_person in [false, true] {
        let (port, _) = guarded(asks_a_person, 0).await;
        let origin = format!("sftp://127.0.0.1:{port}{}/a", folder.path().display());
        assert_eq!(library.fetch(&origin).await.unwrap(), b"pixels", "{asks_a_person}");
        let error = wrong.fetch(&origin).await.unwrap_err();
        assert!(error.to_string().contains("does not let reader in"), "{asks_a_person}: {error}");
    }
}

#[tokio::test]
async fn a_session_that_breaks_off_is_gone_on_with() {
    if crate::testing::variable("RECTO_TEST_SSHD").is_none() {
        println!("RECTO_TEST_SSHD is not set: OpenSSH's sftp-server was left out");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), bytes()).unwrap();
    let library = Library::with(r#"{"user": "reader", "password": "hush"}"#).await;
    let (port, connections) = guarded(false, 2).await;
    let origin = format!("sftp://127.0.0.1:{port}{}/a", folder.path().display());
    assert!(library.fetch(&origin).await.unwrap() == bytes());
    assert_eq!(connections.load(SeqCst), 3, "it was gone on with, not begun again");
}
