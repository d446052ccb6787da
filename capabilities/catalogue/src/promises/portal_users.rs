use super::house::*;
use crate::{Error, Expected, PortalUserFields, database::query};

fn fields(email: &str, password: &str) -> PortalUserFields {
    PortalUserFields { email: Some(email.into()), password: Some(password.into()) }
}

#[tokio::test]
async fn a_person_has_one_address_and_a_password_that_nobody_can_read() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let ada = fields("Ada@example.org", "correct horse");
        let ada = catalogue.create_portal_user(2, &ada, at(1)).await.unwrap();
        assert!(ada.enabled && ada.created == at(1) && ada.email == "Ada@example.org");
        for customer in [1, 2] {
            let twice = fields("ada@EXAMPLE.org", "something else");
            let twice = catalogue.create_portal_user(customer, &twice, at(2)).await;
            assert!(matches!(twice, Err(Error::Invalid(_))), "{twice:?}");
        }
        let hash = async || {
            let sql = "SELECT password_hash FROM portal_user";
            let found = query::one::<String>(catalogue.database().reader(), sql, []).await;
            found.unwrap().unwrap()
        };
        let before = hash().await;
        assert!(before.starts_with("$argon2id$"), "{before}");
        let email = PortalUserFields { email: Some("ada@new.org".into()), password: None };
        let patched = catalogue
            .patch_portal_user(2, &ada.id, &email, &Expected::Whatever, at(1))
            .await
            .unwrap();
        assert_eq!((patched.email.as_str(), hash().await == before), ("ada@new.org", true));
        let password = PortalUserFields { email: None, password: Some("another one".into()) };
        let patched = catalogue
            .patch_portal_user(2, &ada.id, &password, &Expected::Whatever, at(1))
            .await
            .unwrap();
        assert_eq!((patched.email.as_str(), hash().await == before), ("ada@new.org", false));
        assert_eq!(catalogue.portal_users(2).await.unwrap(), [patched]);
        catalogue
            .create_portal_user(1, &fields("ada@example.org", "12345678"), at(3))
            .await
            .unwrap();
        let onto = PortalUserFields { email: Some("ADA@example.org".into()), password: None };
        let onto = catalogue.patch_portal_user(2, &ada.id, &onto, &Expected::Whatever, at(1)).await;
        assert!(matches!(onto, Err(Error::Invalid(_))), "{onto:?}");
    }
}

#[tokio::test]
async fn a_customers_people_are_its_own() {
    for house in houses().await {
        let catalogue = house.enter();
        furnish(catalogue).await;
        let ada = fields("ada@example.org", "correct horse");
        let made = catalogue.create_portal_user(2, &ada, at(1)).await.unwrap();
        assert_eq!(catalogue.portal_user(1, &made.id).await.unwrap(), None);
        let nothing = PortalUserFields::default();
        for gone in [
            catalogue
                .patch_portal_user(1, &made.id, &nothing, &Expected::Whatever, at(1))
                .await
                .unwrap_err(),
            catalogue.delete_portal_user(1, &made.id, &Expected::Whatever).await.unwrap_err(),
            catalogue
                .create_portal_user(77, &fields("b@example.org", "12345678"), at(1))
                .await
                .unwrap_err(),
        ] {
            assert!(matches!(gone, Error::NotFound(_)), "{gone:?}");
        }
        for refused in [nothing, fields("ada", "correct horse"), fields("b@example.org", "short")] {
            let answer = catalogue.create_portal_user(2, &refused, at(2)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
        }
        catalogue.delete_portal_user(2, &made.id, &Expected::Whatever).await.unwrap();
        assert_eq!(catalogue.portal_users(2).await.unwrap(), []);
    }
}
