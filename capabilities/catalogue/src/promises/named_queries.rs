use super::house::*;
use crate::{Change, Error, Expected, NamedQueryFields, NewNamedQuery};

fn new(name: &str, template: &str, global: bool) -> NewNamedQuery {
    NewNamedQuery { name: name.into(), template: template.into(), global, presentation: None }
}

fn asks(template: &str) -> NamedQueryFields {
    NamedQueryFields { template: template.into(), presentation: Change::Keep }
}

#[tokio::test]
async fn a_customers_own_answer_before_the_global_ones() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let global = new("preview", "manifest=p1", true);
        let global = catalogue.create_named_query(1, &global, at(0)).await.unwrap();
        let called = async |customer| {
            let found = catalogue.named_query_called(customer, "preview").await.unwrap();
            found.map(|found| (found.customer, found.template))
        };
        assert_eq!(called(2).await, Some((1, "manifest=p1".to_owned())));
        let own =
            catalogue.create_named_query(2, &new("preview", "s1=p1", false), at(0)).await.unwrap();
        assert_eq!(called(2).await, Some((2, "s1=p1".to_owned())));
        assert_eq!(called(1).await, Some((1, "manifest=p1".to_owned())));
        assert_eq!(catalogue.named_query_called(2, "other").await.unwrap(), None);
        let names: Vec<_> = catalogue.named_queries(2).await.unwrap();
        assert_eq!(names.iter().map(|it| it.customer).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(catalogue.named_queries(1).await.unwrap(), std::slice::from_ref(&global));
        assert_eq!(catalogue.named_query(2, &global.id).await.unwrap(), Some(global));
        assert_eq!(catalogue.named_query(1, &own.id).await.unwrap(), None);
        assert_eq!(own.parsed().unwrap().filters.len(), 1);
    }
}

#[tokio::test]
async fn only_its_template_changes_and_only_its_owner_changes_it() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let made = catalogue.create_named_query(1, &new("a", "s1=p1", true), at(0)).await.unwrap();
        let put = async |customer, template| {
            let fields = asks(template);
            catalogue.put_named_query(customer, &made.id, &fields, &Expected::Whatever, at(1)).await
        };
        let changed = put(1, "s2=p1").await.unwrap();
        assert_eq!((changed.name.as_str(), changed.template.as_str()), ("a", "s2=p1"));
        assert!(changed.global);
        let twice = catalogue.create_named_query(1, &new("a", "s1=p1", false), at(0)).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        for refused in [new("", "s1=p1", false), new("a/b", "s1=p1", false), new("b", "", false)] {
            let answer = catalogue.create_named_query(2, &refused, at(0)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{refused:?}: {answer:?}");
        }
        let fault = put(1, "s1=p1&n1=x").await.unwrap_err();
        assert!(fault.to_string().contains("at character 7"), "{fault}");
        let foreign = put(2, "s1=p1").await;
        assert!(matches!(foreign, Err(Error::NotFound(_))), "{foreign:?}");
        let foreign = catalogue.delete_named_query(2, &made.id, &Expected::Whatever).await;
        assert!(matches!(foreign, Err(Error::NotFound(_))), "{foreign:?}");
        catalogue.delete_named_query(1, &made.id, &Expected::Whatever).await.unwrap();
        assert_eq!(catalogue.named_queries(1).await.unwrap(), []);
        let nobody = catalogue.create_named_query(77, &new("a", "s1=p1", false), at(0)).await;
        assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    }
}

#[tokio::test]
async fn what_is_said_of_manifests_stays_until_it_is_changed_or_cleared() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let said = Some(r#"{"label":"Book"}"#.to_owned());
        let new = NewNamedQuery { presentation: said.clone(), ..new("a", "s1=p1", false) };
        let made = catalogue.create_named_query(2, &new, at(0)).await.unwrap();
        assert_eq!(made.presentation, said);
        let put = async |presentation| {
            let fields = NamedQueryFields { template: "s2=p1".into(), presentation };
            let put = catalogue.put_named_query(2, &made.id, &fields, &Expected::Whatever, at(1));
            put.await.unwrap();
            catalogue.named_query_called(2, "a").await.unwrap().unwrap().presentation
        };
        assert_eq!(put(Change::Keep).await, said);
        assert_eq!(put(Change::Set("{}".into())).await.as_deref(), Some("{}"));
        assert_eq!(put(Change::Clear).await, None);
    }
}
