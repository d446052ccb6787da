//! Tiles on the grid, as fast as a web server hands out files?

use std::fs;

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Peers};

use crate::{
    gallery::{BASE, Gallery},
    goal::{Goal, Quantity, Row},
    load::Server,
    meter::{Duel, median},
    pictures::{MP48, Pictures},
};

const CONNECTIONS: [u32; 2] = [8, 32];
const ROUNDS: usize = 3;
const SECONDS: u32 = 4;

fn goal(connections: u32) -> Goal {
    let work = format!("tiles on the grid, warm, {connections} connections");
    Goal::at_least(0.7, work, "nginx, the same bytes as files")
}

pub(crate) fn goals() -> Vec<Goal> {
    CONNECTIONS.map(goal).into()
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &[]).await?;
    let peers = Peers::start()?;
    let paths = gallery.tiles.iter().map(|tile| tile.path.clone());
    let recto = Server::new(gallery.at_recto(), paths)?;
    let nginx = files(&peers, &gallery).await?;
    let before = gallery.answered("grid").await?;
    let (mut rows, mut asked) = (Vec::new(), 0.0);
    for connections in CONNECTIONS {
        let (mut duel, mut ours, mut theirs) = (Duel::default(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (o, t) =
                (recto.ask(connections, SECONDS).await?, nginx.ask(connections, SECONDS).await?);
            duel.add(o.per_second, t.per_second);
            ours.push(o.p99_ms);
            theirs.push(t.p99_ms);
            asked += o.per_second * f64::from(SECONDS);
        }
        let note = format!("p99 {:.1} and {:.1} ms", median(&ours), median(&theirs));
        rows.push(duel.row(goal(connections), Quantity::PerSecond).noting(note));
    }
    let copied = gallery.answered("grid").await? - before;
    ensure!(copied >= asked, "not every tile came from the grid");
    gallery.close().await?;
    Ok(rows)
}

/// nginx, with every tile as a file.
async fn files(peers: &Peers, gallery: &Gallery) -> Result<Server> {
    let mut paths = Vec::new();
    for (index, tile) in gallery.tiles.iter().enumerate() {
        let answer = gallery.recto.get(&format!("{BASE}/{}", tile.path)).await?.with_status(200)?;
        let name = format!("{index}.jpg");
        fs::write(peers.files().join(&name), answer.body)?;
        paths.push(name);
    }
    Server::new((peers.address(), "/static".to_owned()), paths.into_iter())
}
