//! `recto images`: a folder of photographs that nobody has prepared.

use std::{fs, time::Duration};

use anyhow::Result;
use end_to_end::{Keeping, Place, Recto, Tile, grid};
use tokio::time::sleep;

use crate::{
    goal::{Goal, Quantity, Row},
    load::Client,
    meter::{Duel, median, milliseconds},
    museum::Museum,
    pictures::{MP48, Pictures},
};

const ROUNDS: usize = 5;
const TILES: usize = 24;
const PEER: &str = "the Natural History Museum's server";

/// On first sight the tile is drawn from the JPEG, or a pyramid is made, whichever is faster; the museum cuts it out.
fn first() -> Goal {
    Goal::within(1.5, "folder: first tile of a new 48 MP JPEG", PEER)
}

fn next() -> Goal {
    Goal::at_least(100.0, "folder: each further tile of it", PEER)
}

fn alone() -> Goal {
    Goal::at_most(1500.0, "folder: first tile of a new 48 MP JPEG")
}

/// Larger than the screen of a telephone, and a twentieth of the image.
const THUMBNAIL: &str = "full/400,/0/default.jpg";

fn thumbnail() -> Goal {
    Goal::at_most(1000.0, "folder: first thumbnail of a new 48 MP JPEG")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![thumbnail(), alone(), first(), next()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let place = Place::new(Keeping::SIMPLE)?;
    let books = place.origins().join("books");
    fs::create_dir(&books)?;
    let photo = pictures.jpeg(MP48)?;
    let recto = place.images(&[&books.display().to_string()]).await?;
    let (client, museum) = (Client::new()?, Museum::start(&place.origins()));
    let (mut thumbnails, mut ours) = (Vec::new(), Vec::new());
    let (mut on_first_sight, mut further) = (Duel::default(), Duel::default());
    for round in 0..ROUNDS {
        let name = format!("thumbnail-{round}.jpg");
        fs::copy(&photo, books.join(&name))?;
        let url = recto.url(&format!("/books:{name}/{THUMBNAIL}"));
        thumbnails.push(milliseconds(client.get(&url).await?));
        until_converted(&recto, 2 * round + 1).await?;
        let name = format!("photo-{round}.jpg");
        fs::copy(&photo, books.join(&name))?;
        let tiles = tiles(&recto, &name).await?;
        for (index, tile) in tiles.iter().enumerate() {
            let path = format!("/books:{name}/{}", tile.path);
            let mine = milliseconds(client.get(&recto.url(&path)).await?);
            if index == 0 {
                ours.push(mine);
                until_converted(&recto, 2 * round + 2).await?;
            }
            let Ok(museum) = &museum else { break };
            let theirs = milliseconds(client.get(&museum.url(&path)).await?);
            if index == 0 { &mut on_first_sight } else { &mut further }.add(mine, theirs);
        }
    }
    recto.stop().await?;
    let alone = alone().measured_alone(Quantity::Milliseconds(median(&ours)));
    let thumbnail = thumbnail().measured_alone(Quantity::Milliseconds(median(&thumbnails)));
    Ok(match museum {
        Ok(_) => vec![
            thumbnail,
            alone,
            on_first_sight.row(first(), Quantity::Milliseconds),
            further.row(next(), Quantity::Milliseconds),
        ],
        Err(reason) => {
            let reason = format!("{reason:#}");
            vec![thumbnail, alone, first().missed_for(&reason), next().missed_for(&reason)]
        }
    })
}

/// Some tiles of full size, from all over the image.
async fn tiles(recto: &Recto, name: &str) -> Result<Vec<Tile>> {
    let info = recto.get(&format!("/books:{name}/info.json")).await?.with_status(200)?;
    let mut tiles = grid(&info.json()?)?;
    tiles.retain(|tile| tile.scale == 1 && tile.extent == (512, 512));
    let step = (tiles.len() / TILES).max(1);
    Ok(tiles.into_iter().step_by(step).take(TILES).collect())
}

/// Until so many pyramids are made: tiles of full size are copied then.
async fn until_converted(recto: &Recto, pyramids: usize) -> Result<()> {
    let converted = async || -> Result<u64> {
        let status = recto.get("/status").await?.with_status(200)?.json()?;
        let converted = &status["profiles"]["books"]["converted_cache"]["converted"];
        Ok(converted.as_u64().unwrap_or_default())
    };
    while converted().await? < pyramids as u64 {
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}
