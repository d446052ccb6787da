//! What tests here need of the machine.

use std::time::Duration;

/// What `tools/services.sh` says of the services beside the tests.
#[expect(clippy::disallowed_methods, reason = "a test asks what there is to test against")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Returns when a server that was just started takes connections.
pub(crate) async fn until_it_listens(port: u16) {
    let listening = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), listening).await;
    waited.unwrap_or_else(|_| panic!("nothing listens on port {port}"));
}
