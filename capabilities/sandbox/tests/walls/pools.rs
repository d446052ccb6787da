use std::{
    io::Write,
    time::{Duration, Instant},
};

use sandbox::{Failure, Limits, Pool, PoolConfig, Question};

use crate::{Test, block_on, leftovers::children_of};

pub(crate) const TESTS: &[Test] = &[
    ("a_child_that_stays_answers_again_and_again", a_child_that_stays_answers_again_and_again),
    ("files_come_with_each_question", files_come_with_each_question),
    ("answers_may_be_long_within_reason", answers_may_be_long_within_reason),
    ("a_refusal_does_not_end_a_child", a_refusal_does_not_end_a_child),
    ("a_child_that_fails_is_replaced", a_child_that_fails_is_replaced),
    ("owners_do_not_share_a_child", owners_do_not_share_a_child),
    ("a_child_retires_after_its_last_request", a_child_retires_after_its_last_request),
    ("an_idle_child_ends_by_itself", an_idle_child_ends_by_itself),
    ("a_killed_child_costs_no_answer", a_killed_child_costs_no_answer),
    ("children_are_warm_and_no_more_than_wanted", children_are_warm_and_no_more_than_wanted),
    ("a_child_that_stays_is_walled_in_too", a_child_that_stays_is_walled_in_too),
];

fn config() -> PoolConfig {
    PoolConfig {
        name: "stay",
        size: 2,
        limits: Limits {
            memory_bytes: 256 << 20,
            cpu: Duration::from_secs(60),
            wall: Duration::from_secs(30),
            output_bytes: 0,
            ..Limits::default()
        },
        max_requests: 100,
        max_idle: Duration::from_secs(60),
        max_answer_bytes: 20 << 20,
        executable: None,
    }
}

fn question(owner: u64, request: &str) -> Question {
    Question { owner, topic: String::new(), request: request.into(), files: vec![] }
}

async fn ask(pool: &Pool, request: &str) -> Result<String, Failure> {
    let answer = pool.ask(question(1, request)).await?;
    Ok(String::from_utf8(answer).unwrap())
}

fn a_child_that_stays_answers_again_and_again() {
    block_on(async {
        let pool = Pool::new(config());
        for count in 1..20 {
            assert_eq!(ask(&pool, "count").await.unwrap(), count.to_string());
        }
        assert_eq!(children_of(std::process::id()).len(), 1);
    });
}

fn files_come_with_each_question() {
    block_on(async {
        let pool = Pool::new(config());
        for content in ["one", "two", ""] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(content.as_bytes()).unwrap();
            let files = vec![file.try_clone().unwrap(), file];
            let asked = Question { files, ..question(1, "read") };
            assert_eq!(pool.ask(asked).await.unwrap(), format!("{content} of 2").as_bytes());
        }
        assert_eq!(ask(&pool, "descriptors").await.unwrap(), "1", "only the way to answer");
    });
}

fn answers_may_be_long_within_reason() {
    block_on(async {
        let pool = Pool::new(config());
        for length in [0, 1, 1 << 20, (1 << 20) + 1, 20 << 20] {
            let answer = ask(&pool, &format!("long {length}")).await.unwrap();
            assert_eq!(answer.len(), length);
        }
        let failure = ask(&pool, &format!("long {}", 40 << 20)).await.unwrap_err();
        assert!(matches!(failure, Failure::Garbled), "{failure:?}");
    });
}

fn a_refusal_does_not_end_a_child() {
    block_on(async {
        let pool = Pool::new(config());
        assert_eq!(ask(&pool, "count").await.unwrap(), "1");
        let answer = ask(&pool, "ünicode").await.unwrap();
        assert_eq!(answer, "ünicode is not in the repertoire");
        assert_eq!(ask(&pool, "count").await.unwrap(), "3");
    });
}

fn a_child_that_fails_is_replaced() {
    block_on(async {
        let limits = Limits { wall: Duration::from_secs(2), ..config().limits };
        let pool = Pool::new(PoolConfig { limits, ..config() });
        for (request, is_it) in [
            ("segfault", (|f| matches!(f, Failure::Crashed { .. })) as fn(&Failure) -> bool),
            ("panic", |f| matches!(f, Failure::Crashed { .. })),
            ("allocate", |f| matches!(f, Failure::OutOfMemory)),
            ("hang", |f| matches!(f, Failure::TimedOut)),
            ("connect 127.0.0.1:9", |f| matches!(f, Failure::Forbidden)),
            ("leave", |f| matches!(f, Failure::Silent)),
        ] {
            let failure = ask(&pool, request).await.unwrap_err();
            assert!(is_it(&failure), "{request}: {failure:?}");
            assert_eq!(ask(&pool, "count").await.unwrap(), "1", "after {request}");
        }
    });
}

fn owners_do_not_share_a_child() {
    block_on(async {
        let pool = Pool::new(config());
        for owner in [1, 2, 1, 2] {
            pool.ask(question(owner, "count")).await.unwrap();
        }
        assert_eq!(pool.ask(question(2, "count")).await.unwrap(), b"3");
        assert_eq!(pool.ask(question(3, "count")).await.unwrap(), b"1", "in the place of 1");
        assert_eq!(pool.ask(question(1, "count")).await.unwrap(), b"1");
    });
}

fn a_child_retires_after_its_last_request() {
    block_on(async {
        let pool = Pool::new(PoolConfig { size: 1, max_requests: 3, ..config() });
        let mut counts = Vec::new();
        for _ in 0..7 {
            counts.push(ask(&pool, "count").await.unwrap());
        }
        assert_eq!(counts, ["1", "2", "3", "1", "2", "3", "1"]);
    });
}

fn an_idle_child_ends_by_itself() {
    block_on(async {
        let pool = Pool::new(PoolConfig { max_idle: Duration::from_millis(50), ..config() });
        assert_eq!(ask(&pool, "count").await.unwrap(), "1");
        until(|| children_of(std::process::id()).is_empty()).await;
        assert_eq!(ask(&pool, "count").await.unwrap(), "1");
    });
}

fn a_killed_child_costs_no_answer() {
    block_on(async {
        let pool = Pool::new(PoolConfig { size: 1, ..config() });
        for _ in 0..3 {
            assert_eq!(ask(&pool, "count").await.unwrap(), "1");
            kill_children();
            assert_eq!(ask(&pool, "count").await.unwrap(), "1");
            let asked = tokio::spawn({
                let pool = pool.clone();
                async move { ask(&pool, "pause").await }
            });
            tokio::time::sleep(Duration::from_millis(100)).await;
            kill_children();
            assert_eq!(asked.await.unwrap().unwrap(), "rested");
            kill_children();
        }
    });
}

fn kill_children() {
    for child in children_of(std::process::id()) {
        let pid = rustix::process::Pid::from_raw(child as i32).unwrap();
        // It may have gone by itself.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

fn children_are_warm_and_no_more_than_wanted() {
    block_on(async {
        let pool = Pool::new(PoolConfig { size: 3, ..config() });
        assert!(children_of(std::process::id()).is_empty());
        pool.warm();
        pool.warm();
        until(|| children_of(std::process::id()).len() == 3).await;
        let asks = (0..12).map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { ask(&pool, "count").await })
        });
        for asked in asks.collect::<Vec<_>>() {
            asked.await.unwrap().unwrap();
        }
        assert_eq!(children_of(std::process::id()).len(), 3);
    });
}

fn a_child_that_stays_is_walled_in_too() {
    block_on(async {
        let pool = Pool::new(config());
        for request in ["open /etc/passwd", "create /tmp/x", "list /"] {
            assert_eq!(ask(&pool, request).await.unwrap(), "refused", "{request}");
        }
    });
}

async fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never comes");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
