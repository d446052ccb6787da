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
    keeper: JoinHandle<()>,
}

impl Gate {
    /// `to` is a host with a port.
    pub(super) async fn build(to: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let is_open = watch::Sender::new(true);
        let keeper = tokio::spawn(keep(listener, to, is_open.clone()));
        Ok(Self { address, is_open, keeper })
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
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

async fn keep(listener: TcpListener, to: String, is_open: watch::Sender<bool>) {
    while let Ok((mut guest, _)) = listener.accept().await {
        let (to, mut is_open) = (to.clone(), is_open.subscribe());
        tokio::spawn(async move {
            if !*is_open.borrow() {
                return;
            }
            // Whatever ends it ends it for both sides.
            if let Ok(mut host) = TcpStream::connect(to).await {
                tokio::select! {
                    _ = copy_bidirectional(&mut guest, &mut host) => (),
                    _ = is_open.wait_for(|is_open| !is_open) => (),
                }
            }
        });
    }
}
