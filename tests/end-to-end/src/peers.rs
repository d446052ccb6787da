use std::{
    borrow::BorrowMut,
    fs,
    net::{TcpListener, TcpStream},
    os::{
        fd::OwnedFd,
        unix::{fs::symlink, net::UnixListener},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

/// Other servers, on one port: nginx hands out the files of a folder, and IIPImage, behind it, shows pyramids.
pub struct Peers {
    folder: TempDir,
    port: u16,
    processes: Vec<Child>,
}

/// As many as there are cores on the machines that we measure on.
const WORKERS: usize = 2;

impl Peers {
    /// With Debian's IIPImage.
    pub fn start() -> Result<Self> {
        Self::start_with("/usr/lib/iipimage-server/iipsrv.fcgi".as_ref())
    }

    /// With another build of IIPImage.
    pub fn start_with(iipsrv: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("recto-peers.").tempdir()?;
        for name in ["static", "site", "bucket", "pyramids"] {
            fs::create_dir(folder.path().join(name))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut peers = Self { folder, port, processes: Vec::new() };
        // As FastCGI wants it: all processes accept from one socket, their standard input.
        let socket = peers.folder.path().join("iipimage");
        let listener = UnixListener::bind(&socket)?;
        for index in 0..WORKERS {
            let mut iipimage = Command::new(iipsrv);
            iipimage.stdin(OwnedFd::from(listener.try_clone()?)).envs([
                ("FILESYSTEM_PREFIX", format!("{}/", peers.pyramids().display())),
                ("LOGFILE", peers.log(index).display().to_string()),
                ("VERBOSITY", "1".to_owned()),
                ("MAX_CVT", "100000".to_owned()),
                ("URI_MAP", "iiif=>IIIF".to_owned()),
            ]);
            peers.spawn(iipimage)?;
        }
        let configuration = peers.folder.path().join("nginx.conf");
        fs::write(&configuration, peers.configuration(&socket))?;
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(peers.folder.path()).arg("-c").arg(configuration);
        peers.spawn(nginx.env("PATH", "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"))?;
        peers.wait()?;
        Ok(peers)
    }

    /// The folder whose files are at `/static/`.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("static")
    }

    /// The folder whose files are at `/site/`, for pages of any origin.
    pub fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Where objects lie that were put to the bucket `bucket` at our address. It is no S3: it takes all that comes, at
    /// the pace of nginx, and knows neither lists nor uploads in parts.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join("bucket")
    }

    /// Shows a pyramid; its image service is at the URL that comes back.
    pub fn show(&self, pyramid: &Path, name: &str) -> Result<String> {
        symlink(pyramid, self.pyramids().join(name))?;
        Ok(format!("http://127.0.0.1:{}/iiif/{name}", self.port))
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What IIPImage had to say of the pyramids.
    pub fn warnings(&self) -> Result<String> {
        let logs = (0..WORKERS).map(|index| fs::read_to_string(self.log(index)));
        let logs = logs.collect::<Result<Vec<_>, _>>()?.join("\n");
        let is_warning = |line: &&str| {
            let line = line.to_lowercase();
            ["warning", "error", "tiff"].iter().any(|word| line.contains(word))
        };
        Ok(logs.lines().filter(is_warning).collect::<Vec<_>>().join("\n"))
    }

    fn pyramids(&self) -> PathBuf {
        self.folder.path().join("pyramids")
    }

    fn log(&self, index: usize) -> PathBuf {
        self.folder.path().join(format!("iipimage-{index}.log"))
    }

    fn spawn(&mut self, mut command: impl BorrowMut<Command>) -> Result<()> {
        let command = command.borrow_mut();
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let name = command.get_program().display();
        let absent = || format!("{name} is not there: run `make e2e`, which installs it");
        self.processes.push(child.with_context(absent)?);
        Ok(())
    }

    fn wait(&self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(self.address()).is_err() {
            if Instant::now() > deadline {
                let log = fs::read_to_string(self.folder.path().join("nginx.log"));
                bail!("nginx does not start: {log:?}");
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// nginx as its manual tunes it for small files.
    fn configuration(&self, iipimage: &Path) -> String {
        let user = if geteuid().is_root() { "user root;" } else { "" };
        let (folder, port) = (self.folder.path().display(), self.port);
        let iipimage = iipimage.display();
        format!(
            r"{user}
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes {WORKERS};
events {{ worker_connections 512; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; keepalive_timeout 60s;
    open_file_cache max=10000 inactive=60s; open_file_cache_valid 60s;
    types {{ image/jpeg jpg; application/json json; text/html html; text/javascript js; }}
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi; fastcgi_temp_path {folder}/fastcgi;
    server {{
        listen 127.0.0.1:{port};
        location /static/ {{ root {folder}; }}
        location /site/ {{ root {folder}; add_header Access-Control-Allow-Origin *; }}
        location /bucket/ {{
            root {folder}; dav_methods PUT DELETE; create_full_put_path on; client_max_body_size 1g;
            client_body_buffer_size 1m; add_header ETag 0 always; log_not_found off;
        }}
        location /iiif/ {{
            fastcgi_pass unix:{iipimage};
            fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param QUERY_STRING $query_string; fastcgi_param HTTP_HOST $http_host;
            fastcgi_param SERVER_PROTOCOL $server_protocol;
        }}
    }}
}}
"
        )
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        for process in &mut self.processes {
            // nginx takes its workers along when it is asked, not when it is killed.
            if let Err(error) = kill_process(Pid::from_child(process), Signal::TERM) {
                eprintln!("a peer had already gone: {error}");
            }
            if let Err(error) = process.wait() {
                eprintln!("a peer does not end: {error}");
            }
        }
    }
}
