use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use catalogue::{JobId, Stage, StageNote};

/// How far this process is with its jobs: kept in memory, and written down now and then for those that take longer than
/// that. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Stages(Arc<Mutex<HashMap<JobId, Known>>>);

#[derive(Default)]
struct Known {
    now: Option<(Stage, Option<u8>)>,
    told: Option<(Stage, Option<u8>)>,
    /// Whether it was there when it was last asked for news.
    is_old: bool,
}

/// Forgets a job when it is dropped.
pub(crate) struct Followed(Stages, JobId);

impl Stages {
    pub(crate) fn follow(&self, job: JobId) -> Followed {
        self.jobs().insert(job, Known::default());
        Followed(self.clone(), job)
    }

    pub(crate) fn enter(&self, job: JobId, stage: Stage) {
        self.note(job, stage, None);
    }

    /// How many per cent of a stage are done.
    pub(crate) fn advance(&self, job: JobId, stage: Stage, percent: u8) {
        self.note(job, stage, Some(percent));
    }

    fn note(&self, job: JobId, stage: Stage, percent: Option<u8>) {
        if let Some(known) = self.jobs().get_mut(&job) {
            known.now = Some((stage, percent));
        }
    }

    /// What has changed since it was last asked, of jobs that were running then already.
    pub(crate) fn news(&self) -> Vec<StageNote> {
        let mut news = Vec::new();
        for (job, known) in self.jobs().iter_mut() {
            let is_old = std::mem::replace(&mut known.is_old, true);
            if let Some((stage, percent)) = known.now.filter(|_| is_old && known.now != known.told)
            {
                known.told = known.now;
                news.push(StageNote { job: *job, stage, percent });
            }
        }
        news
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.0.jobs().remove(&self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_job_is_no_news_and_a_long_one_when_it_gets_on() {
        let stages = Stages::default();
        let short = stages.follow(JobId(1));
        stages.enter(JobId(1), Stage::Fetching);
        let _long = stages.follow(JobId(2));
        stages.enter(JobId(2), Stage::Fetching);
        assert_eq!(stages.news(), []);
        drop(short);
        stages.advance(JobId(2), Stage::Converting, 7);
        let note = StageNote { job: JobId(2), stage: Stage::Converting, percent: Some(7) };
        assert_eq!(stages.news(), [note]);
        assert_eq!(stages.news(), [], "nothing more has happened");
        stages.enter(JobId(1), Stage::Storing);
        stages.enter(JobId(2), Stage::Storing);
        let note = StageNote { job: JobId(2), stage: Stage::Storing, percent: None };
        assert_eq!(stages.news(), [note], "who is gone has no news");
    }
}
