//! What is measured, in this order.

mod busy;
mod folders;
mod gigapixel;
mod ingest;
mod jp2;
mod management;
mod manifests;
mod memory;
mod pipeline;
mod projections;
mod redraw;
mod regions;
mod s3;
mod session;
mod stampede;
mod start;
mod stitch;
mod thumbnails;
mod tiles;
mod tiling;

use std::pin::Pin;

use anyhow::Result;

use crate::{
    goal::{Goal, Row},
    pictures::Pictures,
};

pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) goals: fn() -> Vec<Goal>,
    pub(crate) measure: fn(&Pictures) -> Measuring<'_>,
}

type Measuring<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>>> + 'a>>;

pub(crate) const SECTIONS: [Section; 20] = [
    Section { name: "tiles", goals: tiles::goals, measure: |it| Box::pin(tiles::measure(it)) },
    Section {
        name: "session",
        goals: session::goals,
        measure: |it| Box::pin(session::measure(it)),
    },
    Section {
        name: "thumbnails",
        goals: thumbnails::goals,
        measure: |it| Box::pin(thumbnails::measure(it)),
    },
    Section {
        name: "regions",
        goals: regions::goals,
        measure: |it| Box::pin(regions::measure(it)),
    },
    Section { name: "redraw", goals: redraw::goals, measure: |it| Box::pin(redraw::measure(it)) },
    Section { name: "stitch", goals: stitch::goals, measure: |it| Box::pin(stitch::measure(it)) },
    Section {
        name: "stampede",
        goals: stampede::goals,
        measure: |it| Box::pin(stampede::measure(it)),
    },
    Section { name: "s3", goals: s3::goals, measure: |it| Box::pin(s3::measure(it)) },
    Section { name: "ingest", goals: ingest::goals, measure: |it| Box::pin(ingest::measure(it)) },
    Section {
        name: "pipeline",
        goals: pipeline::goals,
        measure: |it| Box::pin(pipeline::measure(it)),
    },
    Section { name: "tiling", goals: tiling::goals, measure: |it| Box::pin(tiling::measure(it)) },
    Section { name: "jp2", goals: jp2::goals, measure: |it| Box::pin(jp2::measure(it)) },
    Section {
        name: "gigapixel",
        goals: gigapixel::goals,
        measure: |it| Box::pin(gigapixel::measure(it)),
    },
    Section { name: "busy", goals: busy::goals, measure: |it| Box::pin(busy::measure(it)) },
    Section {
        name: "folders",
        goals: folders::goals,
        measure: |it| Box::pin(folders::measure(it)),
    },
    Section {
        name: "management",
        goals: management::goals,
        measure: |it| Box::pin(management::measure(it)),
    },
    Section {
        name: "manifests",
        goals: manifests::goals,
        measure: |it| Box::pin(manifests::measure(it)),
    },
    Section {
        name: "projections",
        goals: projections::goals,
        measure: |it| Box::pin(projections::measure(it)),
    },
    Section { name: "memory", goals: memory::goals, measure: |it| Box::pin(memory::measure(it)) },
    Section { name: "start", goals: start::goals, measure: |it| Box::pin(start::measure(it)) },
];
