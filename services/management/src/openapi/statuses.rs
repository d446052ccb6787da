//! With which statuses an operation may be answered: one table of what each means, and who can meet it.

use super::{
    operation::{OpensTo, Operation},
    operations::OPERATIONS,
};

/// What a status means, for whoever reads the description.
pub(super) fn meaning(status: u16) -> &'static str {
    match status {
        200 => "Done.",
        201 => "Made.",
        202 => "Accepted; the addresses in the answer tell how far it is.",
        204 => "Done; there is nothing to say.",
        400 => "The request breaks a rule; nothing was changed.",
        401 => "There is no key, or it is not one for this customer.",
        403 => "The key is not one for this.",
        404 => "There is no such thing.",
        409 => "Something is in the way; nothing was changed.",
        412 => "If-Match or If-None-Match is not met; nothing was changed.",
        413 => "More bytes than are accepted at once.",
        415 => "The body is of another type.",
        422 => "The asset was saved, but could not be brought in; its error says why.",
        429 => "Too many requests with this key; Retry-After says when to come back.",
        503 => "Not now; Retry-After says when.",
        504 => "The asset was saved, and is still being brought in.",
        507 => "The storage policy has no room.",
        _ => "What the status says.",
    }
}

/// Every refusal that the operation knows.
pub(super) fn refusals(operation: &Operation) -> Vec<u16> {
    let has_parameters = operation.path.contains('{');
    let is_change = operation.method != "get";
    let is_guarded = operation.opens_to != OpensTo::Everybody;
    let mut statuses = vec![503];
    let mut may = |holds: bool, status: u16| statuses.extend(holds.then_some(status));
    // A query string may be malformed where one is read, a path wherever it names something.
    may(has_parameters || is_change || operation.is_list(), 400);
    may(is_guarded, 401);
    may(is_guarded, 403);
    may(is_guarded, 429);
    may(has_parameters, 404);
    may(operation.body.is_some(), 413);
    may(heeds_preconditions(operation), 412);
    // The same POST may be at work, by its Idempotency-Key.
    may(is_guarded && operation.method == "post", 409);
    statuses.extend(operation.refuses);
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// What changes one thing that can be looked at with its tag, and what makes another of it.
pub(super) fn heeds_preconditions(operation: &Operation) -> bool {
    let shows_it = |other: &Operation| {
        other.method == "get" && other.path == operation.path && !other.is_list()
    };
    let names_one_thing =
        operation.path.ends_with('}') && OPERATIONS.iter().copied().flatten().any(shows_it);
    let makes_another = ["/move", "/copy"].iter().any(|action| operation.path.ends_with(action));
    (operation.method != "get" && names_one_thing) || makes_another
}
