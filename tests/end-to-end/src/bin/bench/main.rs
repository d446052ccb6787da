//! How fast Recto is beside its peers, measured in one run on one machine: `make bench`.
//!
//! What is compared is what a visitor feels: tiles a second, of one photograph's pyramid, over HTTP. nginx hands out
//! the same bytes as files, which is as fast as it gets; IIPImage shows the same pyramid. The load generator shares
//! the cores with the servers, so read the figures as ratios.

mod load;
mod report;

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Peers, Place, Recto, Tile, grid, photo, workspace};

use crate::{load::Server, report::Report};

/// Each server is asked in turn, as often as this; the medians count.
const ROUNDS: usize = 3;
const CONNECTIONS: [u32; 2] = [8, 32];
const ASSET: &str = "bench";

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let photo = photo(&place.origins(), 8000, 6000)?;
    library.put_file(&recto, ASSET, &photo).await?.with_status(201)?;
    let base = Library::public("iiif-img/v3", ASSET);
    let tiles = grid(&recto.get(&format!("{base}/info.json")).await?.json()?)?;

    let peers = Peers::start();
    if let Err(reason) = &peers {
        eprintln!("measured without peers: {reason:#}");
    }
    let paths = tiles.iter().map(|tile| format!("{base}/{}", tile.path));
    let mut servers = vec![Server::new("Recto", recto.address(), paths)?];
    if let Ok(peers) = &peers {
        servers.push(files(peers, &recto, &base, &tiles).await?);
        servers.push(iipimage(peers, &place, &tiles)?);
    }
    let grid = r#"recto_images_total{how="grid"}"#;
    let before = recto.metric(grid).await?;
    let mut report = Report::default();
    for connections in CONNECTIONS {
        for _ in 0..ROUNDS {
            for server in &servers {
                report.add(server.name, connections, server.ask(connections)?);
            }
        }
    }
    let from_grid = recto.metric(grid).await? - before;
    ensure!(from_grid >= report.requests("Recto"), "not every tile came from the grid");

    let folder = workspace().join("target/bench");
    fs::create_dir_all(&folder)?;
    report.write(&folder, &tiles)?;
    recto.stop().await?;
    Ok(())
}

/// nginx, with every tile as a file.
async fn files(peers: &Peers, recto: &Recto, base: &str, tiles: &[Tile]) -> Result<Server> {
    let mut paths = Vec::new();
    for (index, tile) in tiles.iter().enumerate() {
        let answer = recto.get(&format!("{base}/{}", tile.path)).await?.with_status(200)?;
        fs::write(peers.files().join(format!("{index}.jpg")), answer.body)?;
        paths.push(format!("/static/{index}.jpg"));
    }
    Server::new("nginx", &peers.address(), paths)
}

/// IIPImage, asked in the form of size that it is fastest at.
fn iipimage(peers: &Peers, place: &Place, tiles: &[Tile]) -> Result<Server> {
    let pyramids = place.pyramids()?;
    let pyramid: &Path = pyramids.first().context("no pyramid is kept")?;
    let url = peers.show(pyramid, "bench.tif")?;
    let base = url.strip_prefix(&format!("http://{}", peers.address())).context("another host")?;
    let paths = tiles.iter().map(|tile| {
        let spelled = format!("/{},{}/", tile.extent.0, tile.extent.1);
        format!("{base}/{}", tile.path.replace(&spelled, &format!("/{},/", tile.extent.0)))
    });
    Server::new("IIPImage", &peers.address(), paths)
}
