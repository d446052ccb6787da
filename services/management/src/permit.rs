use axum::http::Method;
use catalogue::{Caller, Scope};

use crate::error::Error;

/// May this key do this? `route` is the pattern of the address, `space` the one that the address names.
pub(crate) fn check(
    caller: &Caller,
    method: &Method,
    route: &str,
    space: Option<u32>,
) -> Result<(), Error> {
    let needed = scope_of(method, route);
    if caller.scope < needed {
        return Err(Error::KeyNotAllowed(format!(
            "This key is for the scope '{}'; this needs one for '{needed}'",
            caller.scope
        )));
    }
    let Some(spaces) = &caller.spaces else { return Ok(()) };
    let is_own = *method == Method::GET && route == "/customers/{customer}";
    if is_own || space.is_some_and(|space| spaces.contains(&space)) {
        return Ok(());
    }
    let numbers: Vec<_> = spaces.iter().map(ToString::to_string).collect();
    Err(Error::KeyNotAllowed(format!("This key is for the spaces {} alone", numbers.join(", "))))
}

/// Does the request change something?
pub(crate) fn changes(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Is there a tag by which this change can be made conditional?
pub(crate) fn heeds_preconditions(method: &Method, route: &str) -> bool {
    let is_tagged = route.ends_with("/spaces/{space}")
        || route.ends_with("/images/{image}")
        || route.ends_with("/deliveryChannelPolicies/{channel}/{name}");
    is_tagged && *method != Method::DELETE
}

/// Who may do what. Secrets, people and what they did are an administrator's matter even to look at.
fn scope_of(method: &Method, route: &str) -> Scope {
    let is_about = |names: &[&str]| route.split('/').any(|segment| names.contains(&segment));
    // Some questions are more than an address can hold.
    let questions = ["/allImages", "/namedQueries/preview"];
    let is_posted_question =
        *method == Method::POST && questions.iter().any(|question| route.ends_with(question));
    if is_about(&["keys", "portalUsers", "audit"]) {
        Scope::Admin
    } else if [Method::GET, Method::HEAD].contains(method) || is_posted_question {
        Scope::Read
    } else if is_about(&["images", "allImages", "deleteImages", "queue"]) {
        Scope::Register
    } else {
        Scope::Admin
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn each_address_needs_the_least_that_will_do() {
        use Scope::{Admin, Read, Register};
        for (method, route, scope) in [
            (Method::GET, "/customers/{customer}", Read),
            (Method::HEAD, "/customers/{customer}/spaces", Read),
            (Method::GET, "/customers/{customer}/keys", Admin),
            (Method::GET, "/customers/{customer}/portalUsers/{id}", Admin),
            (Method::POST, "/customers/{customer}/allImages", Read),
            (Method::PATCH, "/customers/{customer}/allImages", Register),
            (Method::POST, "/customers/{customer}/namedQueries/preview", Read),
            (Method::POST, "/customers/{customer}/namedQueries", Admin),
            (Method::POST, "/customers/{customer}/deleteImages", Register),
            (Method::POST, "/customers/{customer}/queue/priority", Register),
            (Method::PUT, "/customers/{customer}/spaces/{space}/images/{image}", Register),
            (Method::PUT, "/customers/{customer}/spaces/{space}", Admin),
            (Method::POST, "/customers/{customer}/originStrategies", Admin),
            (Method::POST, "/customers", Admin),
        ] {
            assert_eq!(scope_of(&method, route), scope, "{method} {route}");
        }
    }

    #[test]
    fn a_key_of_some_spaces_opens_those_and_shows_whose_it_is() {
        let caller = Caller {
            key: "k".into(),
            customer: 2,
            administrator: false,
            scope: Scope::Register,
            spaces: Some(Arc::from([5, 6])),
            requests_per_minute: None,
        };
        let images = "/customers/{customer}/spaces/{space}/images";
        for (method, route, space, is_allowed) in [
            (Method::GET, images, Some(5), true),
            (Method::PATCH, images, Some(6), true),
            (Method::GET, images, Some(7), false),
            (Method::GET, "/customers/{customer}", None, true),
            (Method::GET, "/customers/{customer}/allImages", None, false),
            (Method::POST, "/customers/{customer}/queue", None, false),
            (Method::PUT, "/customers/{customer}/spaces/{space}", Some(5), false),
        ] {
            let answer = check(&caller, &method, route, space);
            assert_eq!(answer.is_ok(), is_allowed, "{method} {route}: {answer:?}");
        }
    }
}
