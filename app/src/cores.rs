use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context, anyhow};
use axum::Router;
use futures_util::future::try_join_all;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, runtime, sync::mpsc, sync::oneshot};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::server_urls::Roots;

/// A connection that says nothing for so long is closed; `nginx` waits as long.
const SILENCE: Duration = Duration::from_secs(75);
/// How long nobody is let in when there are no descriptors left.
const BREATH: Duration = Duration::from_millis(100);

/// Threads that answer requests, one for each core, with a runtime each.
///
/// A connection stays with the thread that had the fewest when it came: whatever its answers need,
/// no other thread is woken for them. What computes for long is done elsewhere.
pub(crate) struct Cores {
    cores: Vec<Core>,
    released: CancellationToken,
}

struct Core {
    connections: mpsc::UnboundedSender<Connection>,
    /// Each of its open connections holds a clone.
    open: Arc<()>,
    ended: oneshot::Receiver<()>,
    thread: JoinHandle<()>,
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    _open: Arc<()>,
}

impl Cores {
    pub(crate) fn start(router: &Router, roots: &Roots) -> anyhow::Result<Self> {
        let released = CancellationToken::new();
        let start = |number| Core::start(number, router.clone(), roots.clone(), released.clone());
        let cores = (0..thread::available_parallelism()?.get()).map(start);
        let cores = cores.collect::<io::Result<_>>().context("the threads can't be started")?;
        Ok(Self { cores, released })
    }

    /// Answers whoever comes until `stop`, and then what is open.
    pub(crate) async fn serve(
        &mut self,
        listener: TcpListener,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
            match accepted.and_then(|(stream, peer)| Ok((prepare(stream)?, peer))) {
                Ok((stream, peer)) => self.hand_over(stream, peer)?,
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        drop(listener);
        let ends = self.cores.iter_mut().map(Core::end);
        try_join_all(ends).await.map(drop)
    }

    fn hand_over(&self, stream: TcpStream, peer: SocketAddr) -> anyhow::Result<()> {
        let core = self.cores.iter().min_by_key(|core| Arc::strong_count(&core.open));
        let core = core.context("there is no core")?;
        let connection = Connection { stream, peer, _open: Arc::clone(&core.open) };
        core.connections.send(connection).map_err(|_| broken())
    }

    /// Ends the threads, and with them what they still do for nobody.
    pub(crate) async fn release(self) -> anyhow::Result<()> {
        self.released.cancel();
        let mut threads = self.cores.into_iter().map(|core| core.thread);
        let joined = tokio::task::spawn_blocking(move || threads.try_for_each(JoinHandle::join));
        joined.await?.map_err(|_| broken())
    }
}

impl Core {
    fn start(
        number: usize,
        router: Router,
        roots: Roots,
        released: CancellationToken,
    ) -> io::Result<Self> {
        let (connections, arriving) = mpsc::unbounded_channel();
        let (tell, ended) = oneshot::channel();
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let body = move || {
            runtime.block_on(async {
                answer(arriving, router, roots).await;
                // Nobody listens if the service gave up waiting.
                let _ = tell.send(());
                released.cancelled().await;
            });
        };
        let thread = thread::Builder::new().name(format!("core-{number}")).spawn(body)?;
        Ok(Self { connections, open: Arc::new(()), ended, thread })
    }

    /// Takes no more connections, and waits for those that are open.
    async fn end(&mut self) -> anyhow::Result<()> {
        self.connections = mpsc::unbounded_channel().0;
        (&mut self.ended).await.map_err(|_| broken())
    }
}

fn prepare(stream: tokio::net::TcpStream) -> io::Result<TcpStream> {
    // A tile fits in few packets: waiting to fill one only delays it.
    stream.set_nodelay(true)?;
    stream.into_std()
}

/// The visitor went away before we came to the door.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, NotConnected};
    [ConnectionAborted, ConnectionRefused, ConnectionReset, NotConnected].contains(&error.kind())
}

fn broken() -> anyhow::Error {
    anyhow!("a thread that answers requests broke down")
}

/// Until no more connections can come, and those that are open have had their answers.
async fn answer(mut arriving: mpsc::UnboundedReceiver<Connection>, router: Router, roots: Roots) {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(SILENCE);
    http.http2().timer(TokioTimer::new());
    let open = GracefulShutdown::new();
    while let Some(Connection { stream, peer, _open }) = arriving.recv().await {
        let stream = match tokio::net::TcpStream::from_std(stream) {
            Ok(stream) => TokioIo::new(stream),
            Err(error) => {
                tracing::warn!(%error, "a connection can't be read");
                continue;
            }
        };
        let roots = roots.clone();
        let router = router.clone().map_request(move |request| roots.tell(peer.ip(), request));
        let service = TowerToHyperService::new(router);
        let connection = http.serve_connection_with_upgrades(stream, service).into_owned();
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection was cut");
            }
            drop(_open);
        });
    }
    open.shutdown().await;
}
