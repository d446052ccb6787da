//! Visitors who look around with OpenSeadragon.

use anyhow::Result;
use end_to_end::{Keeping, Peers, variable};

use crate::{
    gallery::{Gallery, as_iipimage_likes_it},
    goal::{Goal, Quantity, Row},
    load::Server,
    meter::{Duel, median},
    pictures::{MP48, Pictures},
    visits::sessions,
};

const VISITORS: u32 = 24;
const CONNECTIONS: u32 = 8;
const ROUNDS: usize = 3;
const SECONDS: u32 = 4;
/// The path of an `iipsrv.fcgi` that was built from the newest source, which has no package.
const NEWEST: &str = "RECTO_TEST_IIPIMAGE";
const WORK: &str = "the mixed OpenSeadragon session";

fn goal() -> Goal {
    Goal::at_least(20.0, WORK, "IIPImage 1.1 (Debian)")
}

fn newest() -> Goal {
    Goal::at_least(8.0, WORK, "IIPImage's newest source, raw tiles passed through")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![goal(), newest()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &[]).await?;
    let row = beside(&gallery, &Peers::start()?, goal()).await?;
    let newest = match variable(NEWEST) {
        Some(iipsrv) => beside(&gallery, &Peers::start_with(iipsrv.as_ref())?, newest()).await?,
        None => {
            newest().missed_for("only in source form: name a build of it in RECTO_TEST_IIPIMAGE")
        }
    };
    gallery.close().await?;
    Ok(vec![row, newest])
}

async fn beside(gallery: &Gallery, peers: &Peers, goal: Goal) -> Result<Row> {
    let paths = sessions(VISITORS, gallery.extent, &gallery.tiles);
    let theirs = paths.iter().map(|path| as_iipimage_likes_it(path));
    let iipimage = Server::new(gallery.at_iipimage(peers)?, theirs)?;
    let recto = Server::new(gallery.at_recto(), paths.iter().cloned())?;
    let (mut duel, mut p99, mut their_p99) = (Duel::default(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let ours = recto.ask(CONNECTIONS, SECONDS).await?;
        let theirs = iipimage.ask(CONNECTIONS, SECONDS).await?;
        duel.add(ours.per_second, theirs.per_second);
        p99.push(ours.p99_ms);
        their_p99.push(theirs.p99_ms);
    }
    let note = format!("p99 {:.1} and {:.1} ms", median(&p99), median(&their_p99));
    Ok(duel.row(goal, Quantity::PerSecond).noting(note))
}
