//! Whole levels, and rectangles of whole tiles: put together from the stored tiles without decoding.

use anyhow::Result;
use end_to_end::{Keeping, Peers};

use crate::{
    gallery::{FORGETFUL, Gallery, as_iipimage_likes_it},
    goal::{Goal, Quantity, Row},
    load::Client,
    meter::{Duel, megabytes, milliseconds},
    pictures::{MP48, Pictures},
};

const ROUNDS: usize = 3;
const WHOLE: &str = "full/max/0/default.jpg";
const OTHERS: [&str; 6] = [
    "full/4000,3000/0/default.jpg",
    "full/2000,1500/0/default.jpg",
    "full/1000,750/0/default.jpg",
    "512,512,1024,1024/1024,1024/0/default.jpg",
    "2048,1024,3072,2048/3072,2048/0/default.jpg",
    "1024,2048,4096,2048/2048,1024/0/default.jpg",
];

fn whole() -> Goal {
    Goal::at_least(30.0, "full/max of 48 MP, stitched", "IIPImage 1.1 (Debian)")
}

fn others() -> Goal {
    let work = "whole levels and aligned rectangles, stitched";
    Goal::at_least(30.0, work, "IIPImage 1.1 (Debian)")
}

fn memory() -> Goal {
    let against = "the same server before, when it had given tiles and small levels";
    Goal::within(1.5, "peak memory after full/max of 48 MP, stitched", against)
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![whole(), others(), memory()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &FORGETFUL).await?;
    let client = Client::new()?;
    let peers = Peers::start()?;
    let (ours, theirs) = (gallery.at_recto(), gallery.at_iipimage(&peers)?);
    let take = async |at: &(String, String), path: &str| {
        client.get(&format!("http://{}{}/{path}", at.0, at.1)).await.map(milliseconds)
    };
    let small = gallery.tiles.iter().map(|tile| tile.path.as_str()).chain([OTHERS[2], OTHERS[3]]);
    for path in small {
        take(&ours, path).await?;
    }
    let before = megabytes(gallery.recto.peak_memory()?);

    let (mut of_whole, mut of_others) = (Duel::default(), Duel::default());
    for _ in 0..ROUNDS {
        of_whole.add(take(&ours, WHOLE).await?, take(&theirs, WHOLE).await?);
    }
    let after = megabytes(gallery.recto.peak_memory()?);
    for _ in 0..ROUNDS {
        let mut sums = (0.0, 0.0);
        for path in OTHERS {
            sums.0 += take(&ours, path).await?;
            sums.1 += take(&theirs, &as_iipimage_likes_it(path)).await?;
        }
        of_others.add(sums.0, sums.1);
    }
    let drawn = gallery.answered("drawn").await?;
    let note = match drawn > 0.0 {
        true => format!("{drawn} of the answers were decoded and drawn"),
        false => String::new(),
    };
    gallery.close().await?;
    Ok(vec![
        of_whole.row(whole(), Quantity::Milliseconds).noting(&note),
        of_others.row(others(), Quantity::Milliseconds).noting(&note),
        memory().measured(Quantity::Megabytes(after), Quantity::Megabytes(before)).noting(&note),
    ])
}
