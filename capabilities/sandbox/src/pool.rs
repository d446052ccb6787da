use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Semaphore;

use crate::{
    failure::Failure,
    limits::Limits,
    part::{command, enveloped},
    resident::{Ask, Plan, Resident},
    walls,
};

/// Children that are started ahead of their work, and answer one request after the other.
///
/// No child works for two owners: whatever one owner's file made of it, another's is out of its
/// reach. One that fails is replaced, and so is one that has answered often, or was idle for long.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

/// What the children of a pool are, and may do.
#[derive(Debug, Clone)]
pub struct PoolConfig {
    /// The hidden subcommand, as in `recto draw`.
    pub name: &'static str,
    /// How many children there are at most.
    pub size: usize,
    /// What a child may take in all its life; only `wall` is for one request.
    pub limits: Limits,
    /// How many requests a child answers.
    pub max_requests: u32,
    /// How long a child waits for the next request.
    pub max_idle: Duration,
    /// Longer answers are taken for garbage.
    pub max_answer_bytes: usize,
    /// The binary to start; `None` is this one. Tests name another.
    pub executable: Option<PathBuf>,
}

/// What a child is asked.
#[derive(Debug)]
pub struct Question {
    /// For whom it works.
    pub owner: u64,
    /// What it is about: a child that was asked about it before is preferred.
    pub topic: String,
    pub request: Vec<u8>,
    /// At most 16.
    pub files: Vec<File>,
}

struct Inner {
    config: PoolConfig,
    places: Semaphore,
    members: Mutex<Members>,
}

#[derive(Default)]
struct Members {
    /// The one that was asked last comes last.
    idle: Vec<Member>,
    busy: usize,
}

struct Member {
    resident: Resident,
    owner: Option<u64>,
    topics: Vec<String>,
    asked: u32,
}

/// How many of its topics a child is known by.
const TOPICS: usize = 8;

impl Pool {
    /// No child is started until it is wanted: see [`warm`](Self::warm).
    pub fn new(config: PoolConfig) -> Self {
        let places = Semaphore::new(config.size.max(1));
        Self(Arc::new(Inner { config, places, members: Mutex::default() }))
    }

    /// Starts all children that are missing; does not wait for them.
    pub fn warm(&self) {
        self.0.fill();
    }

    /// The answer of a child. The work goes on when the future is dropped, and frees its place then.
    ///
    /// A child that breaks down may owe it to what it was asked before, so another is tried once.
    pub async fn ask(&self, question: Question) -> Result<Vec<u8>, Failure> {
        let inner = Arc::clone(&self.0);
        let work = tokio::spawn(async move { inner.ask(question).await });
        work.await.unwrap_or(Err(Failure::Silent))
    }
}

impl Inner {
    async fn ask(&self, question: Question) -> Result<Vec<u8>, Failure> {
        walls::warn_of_gaps();
        let place = tokio::time::timeout(self.config.limits.wall, self.places.acquire());
        let _place = place.await.map_err(|_| Failure::TimedOut)?;
        let files = || question.files.iter().map(File::try_clone).collect::<Result<Vec<_>, _>>();
        let mut tries = 2;
        loop {
            tries -= 1;
            let ask = Ask {
                request: question.request.clone(),
                files: files().map_err(Failure::Spawn)?,
                wall: self.config.limits.wall,
            };
            match self.ask_one(question.owner, &question.topic, ask).await {
                Err(failure) if tries > 0 && may_be_chance(&failure) => {
                    tracing::info!(%failure, "another child is asked");
                }
                answer => return answer,
            }
        }
    }

    async fn ask_one(&self, owner: u64, topic: &str, ask: Ask) -> Result<Vec<u8>, Failure> {
        let Member { resident, mut topics, asked, .. } = self.take(owner, topic)?;
        let (answer, resident) = resident.ask(ask).await;
        topics.retain(|known| known != topic);
        topics.push(topic.to_owned());
        if topics.len() > TOPICS {
            topics.remove(0);
        }
        let mut members = self.members();
        members.busy -= 1;
        match resident {
            Some(resident) if asked + 1 < self.config.max_requests => {
                members.idle.push(Member {
                    resident,
                    owner: Some(owner),
                    topics,
                    asked: asked + 1,
                });
            }
            _ => {
                drop(members);
                self.fill();
            }
        }
        answer
    }

    /// The member that knows most of a topic, or a new one, in the place of the one that waits longest.
    fn take(&self, owner: u64, topic: &str) -> Result<Member, Failure> {
        let mut members = self.members();
        members.idle.retain(|member| member.resident.is_alive());
        let is_own = |member: &Member| member.owner == Some(owner);
        let knows = |member: &Member| is_own(member) && member.topics.iter().any(|it| it == topic);
        let idle = &members.idle;
        let found = idle.iter().rposition(knows);
        let found = found.or_else(|| idle.iter().rposition(is_own));
        let found = found.or_else(|| idle.iter().rposition(|member| member.owner.is_none()));
        let member = match found {
            Some(at) => members.idle.remove(at),
            None => {
                if members.idle.len() + members.busy >= self.config.size.max(1) {
                    members.idle.remove(0);
                }
                self.start()?
            }
        };
        members.busy += 1;
        Ok(member)
    }

    fn fill(&self) {
        let mut members = self.members();
        members.idle.retain(|member| member.resident.is_alive());
        while members.idle.len() + members.busy < self.config.size {
            match self.start() {
                // It is the first to go when there is no room.
                Ok(member) => members.idle.insert(0, member),
                Err(failure) => return tracing::warn!(%failure, "a child could not be started"),
            }
        }
    }

    fn start(&self) -> Result<Member, Failure> {
        let config = &self.config;
        let resident = Resident::start(Plan {
            command: command(config.name, config.executable.as_deref()),
            greeting: enveloped(&[], config.limits.clone())?,
            max_idle: config.max_idle,
            max_answer_bytes: config.max_answer_bytes,
        })?;
        Ok(Member { resident, owner: None, topics: Vec::new(), asked: 0 })
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a child may have failed for what it is, and not for what it was asked.
fn may_be_chance(failure: &Failure) -> bool {
    match failure {
        Failure::OutOfMemory
        | Failure::Crashed { .. }
        | Failure::Silent
        | Failure::Garbled
        | Failure::Spawn(_) => true,
        Failure::Refused(_) | Failure::TimedOut | Failure::TooMuchOutput | Failure::Forbidden => {
            false
        }
    }
}
