use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// The way to a server, which can be shut: what is on it then is cut off.
pub(super) struct Gate {
    address: String,
    is_open: watch::Sender<bool>,
    turned_away: Arc<AtomicU64>,
    keeper: JoinHandle<()>,
}

impl Gate {
    /// `to` is a host with a port.
    pub(super) async fn build(to: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let is_open = watch::Sender::new(true);
        let turned_away = Arc::default();
        let keeper = keep(listener, to, is_open.clone(), Arc::clone(&turned_away));
        Ok(Self { address, is_open, turned_away, keeper: tokio::spawn(keeper) })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn shut(&self) {
        self.is_open.send_replace(false);
    }

    pub(super) fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// How many came or were on the way when it was shut.
    pub(super) fn turned_away(&self) -> u64 {
        self.turned_away.load(Relaxed)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

async fn keep(
    listener: TcpListener,
    to: String,
    is_open: watch::Sender<bool>,
    turned_away: Arc<AtomicU64>,
) {
    while let Ok((mut guest, _)) = listener.accept().await {
        let (to, mut is_open) = (to.clone(), is_open.subscribe());
        let turned_away = Arc::clone(&turned_away);
        tokio::spawn(async move {
            if !*is_open.borrow() {
                turned_away.fetch_add(1, Relaxed);
                return;
            }
            // Whatever ends it ends it for both sides.
            if let Ok(mut host) = TcpStream::connect(to).await {
                tokio::select! {
                    _ = copy_bidirectional(&mut guest, &mut host) => (),
                    _ = is_open.wait_for(|is_open| !is_open) => {
                        turned_away.fetch_add(1, Relaxed);
                    }
                }
            }
        });
    }
}
