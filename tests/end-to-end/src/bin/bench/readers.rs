//! Readers who ask at their own pace, whatever the server is busy with.

use std::{
    thread::{self, sleep},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use crate::{
    load::Client,
    meter::{milliseconds, quantile},
};

/// What a viewer asks for while somebody looks around.
pub(crate) const TILES_A_SECOND: u32 = 60;

/// The p99 of so many readers, each on a thread and a connection of its own, in milliseconds.
pub(crate) fn p99(readers: u32, urls: &[String], time: Duration) -> Result<f64> {
    let times = thread::scope(|scope| {
        let read = |reader: u32| {
            let own = urls.iter().skip(reader as usize).step_by(readers as usize);
            scope.spawn(move || read(own.cycle(), time))
        };
        let readers: Vec<_> = (0..readers).map(read).collect();
        let ends =
            readers.into_iter().map(|it| it.join().map_err(|_| anyhow!("a reader broke"))?);
        ends.collect::<Result<Vec<_>>>()
    })?;
    Ok(quantile(&times.concat(), 0.99))
}

/// How long each answer took since its tile was due, or since it was asked for if the reader woke late.
fn read<'u>(urls: impl Iterator<Item = &'u String>, time: Duration) -> Result<Vec<f64>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = Client::new()?;
    let begun = Instant::now();
    let dues = (0..).map(|number| begun + Duration::from_secs(1) * number / TILES_A_SECOND);
    let mut times = Vec::new();
    for (url, due) in urls.zip(dues.take_while(|due| due.duration_since(begun) < time)) {
        let late = match due.checked_duration_since(Instant::now()) {
            Some(early) => {
                sleep(early);
                Duration::ZERO
            }
            None => due.elapsed(),
        };
        times.push(milliseconds(late + runtime.block_on(client.get(url))?));
    }
    Ok(times)
}
