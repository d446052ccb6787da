//! Whole images in the sizes of the policy.

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Peers};

use crate::{
    gallery::Gallery,
    goal::{Goal, Quantity, Row},
    load::Server,
    meter::Duel,
    pictures::{MP48, Pictures},
};

const SIZES: [&str; 3] = ["!200,200", "!400,400", "!1024,1024"];
const CONNECTIONS: u32 = 8;
const ROUNDS: usize = 3;
const SECONDS: u32 = 3;

fn goal() -> Goal {
    Goal::at_least(30.0, format!("thumbnails {}", SIZES.join(" ")), "IIPImage 1.1 (Debian)")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![goal()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &[]).await?;
    let peers = Peers::start()?;
    let paths = || SIZES.iter().map(|size| format!("full/{size}/0/default.jpg"));
    let recto = Server::new(gallery.at_recto(), paths())?;
    let iipimage = Server::new(gallery.at_iipimage(&peers)?, paths())?;
    let mut duel = Duel::default();
    for _ in 0..ROUNDS {
        let ours = recto.ask(CONNECTIONS, SECONDS).await?;
        let theirs = iipimage.ask(CONNECTIONS, SECONDS).await?;
        duel.add(ours.per_second, theirs.per_second);
    }
    ensure!(gallery.answered("drawn").await? == 0.0, "thumbnails were drawn");
    gallery.close().await?;
    Ok(vec![duel.row(goal(), Quantity::PerSecond)])
}
