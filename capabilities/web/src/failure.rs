use std::error::Error;

pub(crate) const NOT_PUBLIC: &str = "is not on the public internet";

/// What went wrong, without what a stranger could learn of the network from it; to be read behind the name of a host.
pub(crate) fn what_happened(error: &reqwest::Error) -> &'static str {
    let mut cause = Some(error as &dyn Error);
    while let Some(error) = cause {
        if error.to_string().contains(NOT_PUBLIC) {
            return NOT_PUBLIC;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "could not be reached"
    } else if error.is_redirect() {
        "leads elsewhere too often, or into the house"
    } else {
        "broke off"
    }
}
