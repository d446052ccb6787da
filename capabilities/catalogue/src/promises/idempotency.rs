use super::house::*;
use crate::{OnceOnly, RememberedAnswer, Turn};

fn request<'a>(name: &'a str, fingerprint: &'a str) -> OnceOnly<'a> {
    OnceOnly { caller: "key", name, fingerprint }
}

#[tokio::test]
async fn of_equal_requests_one_is_done_and_the_others_get_its_answer() {
    for house in houses().await {
        let catalogue = house.enter();
        let begin = async |request, seconds| catalogue.begin_request(request, at(seconds)).await;
        assert_eq!(begin(request("a", "1"), 0).await.unwrap(), Turn::First);
        assert_eq!(begin(request("a", "1"), 1).await.unwrap(), Turn::UnderWay);
        assert_eq!(begin(request("a", "2"), 1).await.unwrap(), Turn::Another);
        let other = OnceOnly { caller: "other", ..request("a", "2") };
        assert_eq!(begin(other, 1).await.unwrap(), Turn::First, "names are each caller's own");
        let (location, body) = (Some("https://x".to_owned()), "{}".to_owned());
        let answer = RememberedAnswer { status: 201, location, body };
        catalogue.remember_answer(request("a", "1"), &answer).await.unwrap();
        assert_eq!(begin(request("a", "1"), 60 * 60).await.unwrap(), Turn::Done(answer));
        assert_eq!(begin(request("a", "2"), 60 * 60).await.unwrap(), Turn::Another);
        assert_eq!(begin(request("a", "2"), 25 * 60 * 60).await.unwrap(), Turn::First);
    }
}

#[tokio::test]
async fn a_request_that_came_to_nothing_may_be_tried_again() {
    for house in houses().await {
        let catalogue = house.enter();
        let begin = async |seconds| catalogue.begin_request(request("a", "1"), at(seconds)).await;
        assert_eq!(begin(0).await.unwrap(), Turn::First);
        catalogue.forget_request(request("a", "1")).await.unwrap();
        assert_eq!(begin(1).await.unwrap(), Turn::First);
        assert_eq!(begin(500).await.unwrap(), Turn::UnderWay);
        assert_eq!(begin(700).await.unwrap(), Turn::First, "its process must have died");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_send_it_at_once_one_does_it() {
    for house in houses().await {
        let catalogue = house.enter();
        let tries: Vec<_> = (0..16)
            .map(|_| {
                let catalogue = catalogue.clone();
                tokio::spawn(async move { catalogue.begin_request(request("a", "1"), at(0)).await })
            })
            .collect();
        let mut first = 0;
        for one in tries {
            first += usize::from(one.await.unwrap().unwrap() == Turn::First);
        }
        assert_eq!(first, 1);
    }
}
