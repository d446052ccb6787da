use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{self, KeepAlive, Sse},
};
use catalogue::{Catalogue, Event, EventBell, Reach};
use futures_util::{Stream, stream};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

use super::{Streams, watch::Watch};
use crate::{Management, caller::Guest, error::Error, query::Query};

/// How often something is sent though nothing happens, so that nobody takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// After so long a stream ends and its reader comes again, with a key that is looked at again.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

const AT_ONCE: u32 = 100;

/// `GET /customers/{customer}/events`: what happens from now on, or after the event that `Last-Event-ID` (or `after`)
/// names, as server-sent events; with `progress=true` also how far the work is, whenever that changes.
pub(crate) async fn get_events(
    State(management): State<Management>,
    Guest { reach }: Guest,
    headers: HeaderMap,
    query: Query,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Error> {
    let room = management.streams.admit().ok_or(Error::TooManyStreams)?;
    let catalogue = management.catalogue.clone();
    let bell = catalogue.event_bell();
    catalogue.line_up_events().await?;
    let place = match named(&headers, &query)? {
        Some(place) => place,
        None => catalogue.last_event().await?,
    };
    let listening = Listening {
        catalogue,
        reach,
        place,
        read: VecDeque::new(),
        bell,
        watch: is_wanted(&query, "progress")?.then(Watch::default),
        end: Instant::now() + LIFETIME,
        streams: management.streams.clone(),
        _room: room,
    };
    let events = stream::unfold(listening, async |mut listening| {
        let event = listening.next().await?;
        Some((Ok(event), listening))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// Somebody who keeps a connection open.
struct Listening {
    catalogue: Catalogue,
    reach: Reach,
    place: i64,
    read: VecDeque<Event>,
    bell: EventBell,
    watch: Option<Watch>,
    end: Instant,
    streams: Streams,
    _room: OwnedSemaphorePermit,
}

impl Listening {
    /// `None` when the stream ends: its reader comes again, and names what it heard last.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(event) = self.read.pop_front() {
                self.place = event.place;
                return Some(told(&event));
            }
            let read = self.look().await;
            self.read = read
                .inspect_err(|error| tracing::warn!(?error, "events can't be read"))
                .ok()?
                .into();
            if self.read.is_empty() {
                if let Some(news) = self.watch().await {
                    return Some(news);
                }
                tokio::select! {
                    () = self.bell.wait() => {}
                    () = tokio::time::sleep_until(self.end) => return None,
                    () = self.streams.closing() => return None,
                }
            }
        }
    }

    async fn watch(&mut self) -> Option<sse::Event> {
        let watch = self.watch.as_mut()?;
        let news = watch.look(&self.catalogue, &self.reach).await;
        news.unwrap_or_else(|error| {
            tracing::warn!(?error, "the progress can't be read");
            None
        })
    }

    async fn look(&self) -> Result<Vec<Event>, catalogue::Error> {
        self.catalogue.line_up_events().await?;
        self.catalogue.events(self.reach.clone(), self.place, AT_ONCE).await
    }
}

fn is_wanted(query: &Query, name: &str) -> Result<bool, Error> {
    match query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::invalid(format!("'{name}' must be true or false"))),
    }
}

fn told(event: &Event) -> sse::Event {
    let id = event.place.to_string();
    sse::Event::default().id(id).event(event.kind.as_str()).data(event.envelope().to_string())
}

fn named(headers: &HeaderMap, query: &Query) -> Result<Option<i64>, Error> {
    let header = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    let Some(text) = header.or_else(|| query.get("after")) else { return Ok(None) };
    let place = text.trim().parse::<i64>().ok().filter(|place| *place >= 0);
    let fault = "'Last-Event-ID' (or 'after') must be the id of an event";
    place.map(Some).ok_or_else(|| Error::invalid(fault))
}

#[cfg(test)]
mod tests {
    use axum::{body::BodyDataStream, http::Request};
    use futures_util::StreamExt;
    use serde_json::{Value, json};

    use crate::{
        ManagementConfig,
        testing::{Client, batch_of, jpeg, on_every_database, on_every_database_with},
    };

    const ALL: &str = "/customers/2/events";
    const SOON: std::time::Duration = std::time::Duration::from_secs(20);

    async fn listen(client: &Client, last: Option<&str>) -> BodyDataStream {
        let mut request = Request::get(ALL).body(axum::body::Body::empty()).unwrap();
        if let Some(last) = last {
            request.headers_mut().insert("last-event-id", last.parse().unwrap());
        }
        let answer = client.open(request).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        answer.into_body().into_data_stream()
    }

    /// The id, the kind and the text of the next event.
    async fn next(stream: &mut BodyDataStream) -> (String, String, Value) {
        loop {
            let part = tokio::time::timeout(SOON, stream.next()).await.unwrap().unwrap().unwrap();
            let text = String::from_utf8(part.to_vec()).unwrap();
            let field = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name));
                line.map(|value| value.trim().to_owned())
            };
            if let Some(data) = field("data:") {
                let data = serde_json::from_str(&data).unwrap();
                return (field("id:").unwrap(), field("event:").unwrap(), data);
            }
        }
    }

    #[tokio::test]
    async fn what_happens_is_heard_as_it_happens_and_who_comes_again_goes_on() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let mut stream = listen(&librarian, None).await;
            let path = "/customers/2/queue";
            let member = |name: &str| jpeg(json!({"id": name, "space": 1}));
            librarian.post(path, json!({"member": [member("a"), member("b")]})).await;
            let (first, kind, data) = next(&mut stream).await;
            assert_eq!(
                (kind.as_str(), &data["data"]["asset"]["id"]),
                ("asset.created", &json!("2/1/a"))
            );
            assert_eq!(data["id"], json!(first));
            let (second, _, data) = next(&mut stream).await;
            assert_eq!(data["subject"], "2/1/b");
            drop(stream);

            librarian.delete("/customers/2/spaces/1/images/b").await;
            let mut again = listen(&librarian, Some(&first)).await;
            assert_eq!(next(&mut again).await.0, second);
            assert_eq!(next(&mut again).await.1, "asset.deleted");
            let refused = librarian.get(&format!("{ALL}?after=yesterday")).await;
            assert_eq!(refused.status, 400);
        })
        .await;
    }

    #[tokio::test]
    async fn who_wants_to_hears_how_far_the_work_is_when_that_changes() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let request = Request::get(format!("{ALL}?progress=true"));
            let request = request.body(axum::body::Body::empty()).unwrap();
            let mut stream = librarian.open(request).await.into_body().into_data_stream();
            let progress = async |stream: &mut BodyDataStream| loop {
                let part = tokio::time::timeout(SOON, stream.next()).await.unwrap();
                let text = String::from_utf8(part.unwrap().unwrap().to_vec()).unwrap();
                if text.contains("event: progress") {
                    assert!(!text.contains("id:"), "it is nowhere in the line: {text}");
                    let data = text.lines().find_map(|line| line.strip_prefix("data: "));
                    break serde_json::from_str::<Value>(data.unwrap()).unwrap();
                }
            };
            assert_eq!(progress(&mut stream).await, json!({"paused": false, "running": []}));
            batch_of(&librarian, &["a"]).await;
            let told = progress(&mut stream).await;
            assert_eq!(told["progress"], json!({"percent": 0, "ratePerMinute": 0.0}));

            let lease = std::time::Duration::from_secs(60);
            let now = api.catalogue.now();
            let job = api.catalogue.claim_job(&catalogue::JobKind::ALL, "w", lease, now).await;
            let job = job.unwrap().unwrap().id;
            let stage = catalogue::Stage::Converting;
            let note = catalogue::StageNote { job, stage, percent: Some(40) };
            api.catalogue.note_stages("w", &[note]).await.unwrap();
            let running = json!([{"subject": "2/1/a", "stage": "converting", "percent": 40}]);
            while progress(&mut stream).await["running"] != running {}
            assert_eq!(librarian.get(&format!("{ALL}?progress=7")).await.status, 400);
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_of_some_spaces_hears_of_these_alone() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            librarian.post("/customers/2/spaces", json!({"name": "books"})).await;
            let key = json!({"scope": "read", "spaces": [2]});
            let key = librarian.post("/customers/2/keys", key).await;
            let mut stream = listen(&api.anonymous().with_key(2, &key.body), None).await;
            let members =
                json!(
                    [jpeg(json!({"id": "a", "space": 1})), jpeg(json!({"id": "b", "space": 2})),]
                );
            librarian.post("/customers/2/queue", json!({"member": members})).await;
            assert_eq!(next(&mut stream).await.2["subject"], "2/2/b");
            assert_eq!(api.anonymous().get(ALL).await.status, 401);
        })
        .await;
    }

    #[tokio::test]
    async fn no_more_connections_stay_open_than_there_is_room_for() {
        let config = ManagementConfig { event_streams: 1, ..ManagementConfig::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            let stream = listen(&librarian, None).await;
            let refused = librarian.get(ALL).await;
            assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "5"));
            drop(stream);
            drop(listen(&librarian, None).await);
        })
        .await;
    }
}
