use super::house::*;
use crate::{Attempt, AuditFilter, Page};

fn attempt(customer: u32, method: &str, path: &str) -> Attempt {
    Attempt {
        customer,
        caller: "key".into(),
        caller_customer: 1,
        method: method.into(),
        path: path.into(),
        correlation_id: None,
        before: Some("{}".into()),
    }
}

#[tokio::test]
async fn what_was_tried_is_found_with_how_it_ended() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let mut ids = Vec::new();
        for (n, (customer, method, path)) in
            [(2, "PUT", "/a"), (2, "PATCH", "/a"), (1, "PUT", "/a"), (2, "PUT", "/b")]
                .into_iter()
                .enumerate()
        {
            let now = at(i64::try_from(n).unwrap());
            ids.push(catalogue.begin_audit(&attempt(customer, method, path), now).await.unwrap());
        }
        catalogue.end_audit(ids[0], 201, Some("{\"a\":1}")).await.unwrap();
        let ended = catalogue.audit_entry(2, ids[0]).await.unwrap().unwrap();
        assert_eq!((ended.status, ended.after.as_deref()), (Some(201), Some("{\"a\":1}")));
        assert_eq!((ended.at, &ended.attempt), (at(0), &attempt(2, "PUT", "/a")));
        assert_eq!(catalogue.audit_entry(2, ids[1]).await.unwrap().unwrap().status, None);
        assert_eq!(catalogue.audit_entry(1, ids[0]).await.unwrap(), None);

        let path = || AuditFilter { path: Some("/a".into()), ..AuditFilter::default() };
        for (filter, expected) in [
            (AuditFilter::default(), vec![3, 1, 0]),
            (path(), vec![1, 0]),
            (AuditFilter { method: Some("PUT".into()), ..path() }, vec![0]),
            (AuditFilter { since: Some(at(1)), ..path() }, vec![1]),
            (AuditFilter { until: Some(at(1)), ..path() }, vec![0]),
            (AuditFilter { caller: Some("other".into()), ..path() }, vec![]),
        ] {
            let found = catalogue.audit(2, &filter, Page::default()).await.unwrap();
            let expected: Vec<_> = expected.into_iter().map(|n: usize| ids[n]).collect();
            let found_ids: Vec<_> = found.items.iter().map(|entry| entry.id).collect();
            assert_eq!(found_ids, expected, "{filter:?}");
            assert_eq!(found.total, expected.len() as u64, "{filter:?}");
        }
        let page = Page { number: 2, size: 2 };
        let second = catalogue.audit(2, &AuditFilter::default(), page).await.unwrap();
        assert_eq!((second.items[0].id, second.total), (ids[0], 3));
        assert_eq!(catalogue.prune_audit(at(2)).await.unwrap(), 2);
        let left = catalogue.audit(2, &AuditFilter::default(), Page::default()).await.unwrap();
        assert_eq!(left.items.len(), 1);
    }
}
