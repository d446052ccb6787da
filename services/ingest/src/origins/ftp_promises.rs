//! What FTP origins owe us, tried on vsftpd, and on a server here that has the vices of old ones.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use catalogue::Login;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{FetchError, FtpOrigins};
use crate::config::IngestConfig;

/// The real server, with and without TLS, for everybody.
struct Vsftpd {
    folder: tempfile::TempDir,
    port: u16,
    server: Child,
}

impl Vsftpd {
    /// `None` where the tests run without services.
    async fn start(has_tls: bool) -> Option<Self> {
        let Some(program) = crate::testing::variable("RECTO_TEST_VSFTPD") else {
            println!("RECTO_TEST_VSFTPD is not set: vsftpd was left out");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let (at, port) = (folder.path(), crate::testing::free_port());
        std::fs::create_dir(at.join("files")).unwrap();
        std::fs::create_dir(at.join("empty")).unwrap();
        let shown = at.display();
        let mut config = format!(
            "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n\
             run_as_launching_user=YES\nsecure_chroot_dir={shown}/empty\nseccomp_sandbox=NO\n\
             anonymous_enable=YES\nlocal_enable=NO\nanon_root={shown}/files\nxferlog_enable=NO\n\
             use_localtime=NO\nhide_ids=YES\nanon_world_readable_only=NO\n"
        );
        if has_tls {
            certify(at);
            config += &format!(
                "ssl_enable=YES\nallow_anon_ssl=YES\nforce_anon_logins_ssl=YES\n\
                 force_anon_data_ssl=YES\nrequire_ssl_reuse=NO\nssl_ciphers=HIGH\n\
                 rsa_cert_file={shown}/cert.pem\nrsa_private_key_file={shown}/key.pem\n"
            );
        }
        std::fs::write(at.join("vsftpd.conf"), config).unwrap();
        let mut command = Command::new(program);
        command.arg(at.join("vsftpd.conf")).stdout(Stdio::null()).stderr(Stdio::null());
        let server = command.spawn().unwrap();
        crate::testing::until_it_listens(port).await;
        Some(Self { folder, port, server })
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join("files").join(name), bytes).unwrap();
    }

    fn origin(&self, scheme: &str, name: &str) -> String {
        format!("{scheme}://localhost:{}/{name}", self.port)
    }
}

impl Drop for Vsftpd {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

/// A certificate for `localhost` that signs itself.
fn certify(folder: &Path) {
    let mut command = Command::new("openssl");
    command.args("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split(' '));
    command.args(["-addext", "subjectAltName=DNS:localhost"]);
    command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    command.arg("-keyout").arg(folder.join("key.pem")).arg("-out").arg(folder.join("cert.pem"));
    assert!(command.stderr(Stdio::null()).status().unwrap().success());
}

fn config(private_hosts: &[&str]) -> IngestConfig {
    let private_hosts = private_hosts.iter().map(ToString::to_string).collect();
    IngestConfig { private_hosts, max_source_bytes: 1 << 20, ..IngestConfig::default() }
}

async fn fetch(
    origins: &FtpOrigins,
    origin: &str,
    login: Option<&Login>,
) -> Result<Vec<u8>, FetchError> {
    let folder = tempfile::tempdir().unwrap();
    let fetched = origins.fetch(origin, login, &folder.path().join("origin")).await?;
    assert_eq!(fetched.bytes, fetched.file.metadata().unwrap().len());
    Ok(std::fs::read(fetched.path).unwrap())
}

fn login(password: &str) -> Login {
    Login { user: "reader".to_owned(), password: password.into() }
}

/// Line ends of every kind, which nobody may mend.
fn bytes() -> Vec<u8> {
    (0..1_000_001_u32).map(|n| (n * 7 + n / 251) as u8).collect()
}

#[tokio::test]
async fn a_file_comes_from_vsftpd_byte_for_byte_and_every_refusal_has_a_reason() {
    let Some(server) = Vsftpd::start(false).await else { return };
    server.write("a file.tif", &bytes());
    server.write("large", &vec![0; (1 << 20) + 1]);
    let origins = FtpOrigins::new(&config(&["localhost"])).unwrap();
    let came = fetch(&origins, &server.origin("ftp", "a%20file.tif"), None).await.unwrap();
    assert!(came == bytes());
    let wrong = login("wrong");
    for (origin, login, words) in [
        (server.origin("ftp", "gone"), None, "there is no file"),
        (server.origin("ftp", "large"), None, "larger than the limit"),
        (server.origin("ftp", "a%20file.tif"), Some(&wrong), "does not let us in"),
    ] {
        let error = fetch(&origins, &origin, login).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused(_)), "{origin}: {error}");
        assert!(error.to_string().contains(words), "{origin}: {error}");
    }
}

#[tokio::test]
async fn by_tls_a_server_has_to_prove_who_it_is() {
    let Some(server) = Vsftpd::start(true).await else { return };
    server.write("a.tif", &bytes());
    let origin = server.origin("ftps", "a.tif");
    let origins = FtpOrigins::new(&config(&["localhost"])).unwrap();
    let error = fetch(&origins, &origin, None).await.unwrap_err();
    assert!(error.to_string().contains("by TLS"), "{error}");

    let certificate = std::fs::read(server.folder.path().join("cert.pem")).unwrap();
    let trusting = FtpOrigins::trusting(&config(&["localhost"]), &certificate).unwrap();
    assert!(fetch(&trusting, &origin, None).await.unwrap() == bytes());
    // One that insists on TLS is not told a name without.
    assert!(fetch(&trusting, &server.origin("ftp", "a.tif"), None).await.is_err());
}

#[tokio::test]
async fn hosts_of_the_operators_own_network_are_not_asked() {
    let origins = FtpOrigins::new(&config(&[])).unwrap();
    for origin in ["ftp://localhost/a", "ftp://127.0.0.1/a", "ftps://[::1]/a"] {
        let error = fetch(&origins, origin, None).await.unwrap_err();
        assert!(error.to_string().contains("not on the public internet"), "{origin}: {error}");
    }
}

/// An old server: it breaks off some times, and says that files are to be had from another host.
async fn old_server(cuts: usize) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sessions = Arc::new(AtomicUsize::new(0));
    let counted = sessions.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let is_cut = counted.fetch_add(1, SeqCst) < cuts;
            tokio::spawn(old_session(stream, is_cut));
        }
    });
    (port, sessions)
}

async fn old_session(stream: TcpStream, is_cut: bool) -> std::io::Result<()> {
    const UNTIL_CUT: usize = 300_000;
    let files = TcpListener::bind("127.0.0.1:0").await?;
    let port = files.local_addr()?.port();
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let mut from = 0;
    writing.write_all(b"220 Welcome\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let (command, argument) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match command {
            "USER" => "331 And the password?".to_owned(),
            "PASS" if argument == "hush" => "230 Come in".to_owned(),
            "PASS" => "530 No".to_owned(),
            "TYPE" => "200 As you like".to_owned(),
            "SIZE" => format!("213 {}", bytes().len()),
            "MDTM" => "213 20200101000000".to_owned(),
            "PASV" => {
                // Some other host: a client that believes it asks the machine of somebody else.
                format!("227 Entering Passive Mode (10,0,0,1,{},{})", port >> 8, port & 255)
            }
            "REST" => {
                from = argument.parse().unwrap();
                "350 From there".to_owned()
            }
            "RETR" => {
                writing.write_all(b"150 Here it comes\r\n").await?;
                let (mut file, _) = files.accept().await?;
                let all = bytes();
                let to = if is_cut { (from + UNTIL_CUT).min(all.len()) } else { all.len() };
                file.write_all(&all[from..to]).await?;
                file.shutdown().await?;
                if is_cut { "426 The line is bad".to_owned() } else { "226 That was it".to_owned() }
            }
            _ => "502 What?".to_owned(),
        };
        writing.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_breaks_off_is_gone_on_with_and_comes_from_no_other_host() {
    let (port, sessions) = old_server(2).await;
    let origins = FtpOrigins::new(&config(&["127.0.0.1"])).unwrap();
    let origin = format!("ftp://127.0.0.1:{port}/a.tif");
    assert!(fetch(&origins, &origin, Some(&login("hush"))).await.unwrap() == bytes());
    assert_eq!(sessions.load(SeqCst), 3);
}
