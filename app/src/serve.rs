//! Merges the services' routers, adds what concerns every request, and stops in good order.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::{net::TcpListener, signal::unix::SignalKind};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
};

use crate::{
    assemble::{Parts, Role},
    cores::Cores,
    housekeeping::keep_house,
    server_urls::Roots,
};

/// How long open requests may go on after the service was told to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// A service that listens, but does not answer yet.
pub(crate) struct Service {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
    router: Router,
    roots: Roots,
    receivers: Option<events::Receivers>,
    parts: Parts,
}

impl Service {
    pub(crate) async fn listen(parts: Parts) -> anyhow::Result<Self> {
        let listen = &parts.config.server.listen;
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))?;
        let address = listener.local_addr()?;
        let roots = Roots::new(&parts.config.server, address);
        let receivers = parts.receivers()?;
        let mut router = router(&parts);
        if let Some(receivers) = &receivers {
            router = router.merge(for_every_request(receivers.router()));
        }
        Ok(Self { listener, address, router, roots, receivers, parts })
    }

    /// Answers requests and works on jobs until `stop`; then finishes what is open and hands back what is not.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let sender = self.parts.sender()?.map(|sender| tokio::spawn(sender.run(stop.clone())));
        let receivers = self.receivers.map(|it| tokio::spawn(it.run(stop.clone())));
        let worker = self.parts.worker()?.map(|worker| tokio::spawn(worker.run(stop.clone())));
        let tiler = self.parts.tiler().map(|tiler| tiler.start(stop.clone()));
        let changes = self.parts.has(Role::Management) || self.parts.has(Role::Ingest);
        let house = changes.then(|| {
            let (catalogue, management) = (self.parts.catalogue.clone(), self.parts.management());
            tokio::spawn(keep_house(catalogue, management, stop.clone()))
        });
        let closing = self.parts.closing.clone();
        let told = stop.clone();
        tokio::spawn(async move {
            told.cancelled().await;
            closing.cancel();
        });
        let cores = answer(self.listener, (&self.router, &self.roots), &stop).await?;
        if let Some(worker) = worker {
            worker.await.context("the worker broke down")?;
        }
        if let Some(tiler) = tiler {
            tiler.await.context("the writer of sites broke down")?;
        }
        if let Some(sender) = sender {
            sender.await.context("the sender of events broke down")?;
        }
        if let Some(receivers) = receivers {
            receivers.await.context("the receivers of events broke down")?;
        }
        if let Some(house) = house {
            house.await.context("nobody keeps house")?;
        }
        self.parts.settle().await?;
        cores.release().await
    }
}

/// Answers requests until `stop`, and finishes those that are open then.
pub(crate) async fn answer(
    listener: TcpListener,
    (router, roots): (&Router, &Roots),
    stop: &CancellationToken,
) -> anyhow::Result<Cores> {
    let mut cores = Cores::start(router, roots)?;
    tokio::select! {
        ended = cores.serve(listener, stop) => ended?,
        () = drained(stop) => tracing::info!("some requests were still open and were cut off"),
    }
    Ok(cores)
}

async fn drained(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(DRAIN).await;
}

fn router(parts: &Parts) -> Router {
    let mut router = Router::new()
        .route("/health", get(get_health))
        .route("/ping", get(async || "pong"))
        .with_state(parts.catalogue.clone())
        .route("/metrics", get(get_metrics))
        .with_state(parts.metrics.clone());
    if parts.has(Role::Management) {
        router = router.merge(management::router(parts.management()));
    }
    if parts.has(Role::Portal) {
        router = router.merge(portal::router(parts.portal()));
    }
    // Delivery compresses its documents itself: its images are compressed already, and its router stays lean.
    router = router.layer(CompressionLayer::new());
    if parts.has(Role::Delivery) {
        router = router.merge(delivery::router(parts.delivery()));
    }
    for_every_request(router.fallback(say_there_is_nothing))
}

/// What concerns every request, whoever answers it.
pub(crate) fn for_every_request(router: Router) -> Router {
    let nosniff = SetResponseHeaderLayer::if_not_present(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // One layer: each costs every request a box.
    let around = ServiceBuilder::new().layer(CatchPanicLayer::new()).layer(nosniff);
    router.layer(around)
}

/// Any address that no service has.
async fn say_there_is_nothing() -> impl IntoResponse {
    let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];
    let text = "there is nothing at this address; the API begins at /, images at /iiif-img/{customer}/{space}/{id}\n";
    (StatusCode::NOT_FOUND, headers, text)
}

/// `GET /health`: 200 when the catalogue answers, else 503.
async fn get_health(State(catalogue): State<catalogue::Catalogue>) -> impl IntoResponse {
    match tokio::time::timeout(Duration::from_secs(5), catalogue.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, Json(json!({ "status": "ok" }))),
        failed => {
            tracing::warn!(?failed, "the catalogue does not answer");
            let body = json!({ "status": "the catalogue does not answer" });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}

/// `GET /metrics`, for Prometheus.
pub(crate) async fn get_metrics(State(metrics): State<PrometheusHandle>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render())
}

/// Ends when the operator, or the system, asks the service to stop.
pub(crate) fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
    let mut interrupt = tokio::signal::unix::signal(SignalKind::interrupt())?;
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        told.cancel();
    });
    Ok(stop)
}
