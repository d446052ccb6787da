use std::time::Duration;

use catalogue::Catalogue;
use management::Management;
use tokio_util::sync::CancellationToken;

/// As long as an import can run on plans for tables that were empty.
const LOOKS: Duration = Duration::from_secs(2);
const CLEANS: Duration = Duration::from_secs(60);

/// Does what the catalogue needs now and then, until `stop`.
pub(crate) async fn keep_house(
    catalogue: Catalogue,
    management: Management,
    stop: CancellationToken,
) {
    let look = async {
        while stop.run_until_cancelled(tokio::time::sleep(LOOKS)).await.is_some() {
            if let Err(error) = catalogue.refresh_statistics().await {
                tracing::warn!(?error, "the database could not look at its tables");
            }
            if let Err(error) = catalogue.line_up_events().await {
                tracing::warn!(?error, "what happened can't be lined up");
            }
        }
    };
    let clean = async {
        while stop.run_until_cancelled(tokio::time::sleep(CLEANS)).await.is_some() {
            management::expire_uploads(&management).await;
        }
    };
    tokio::join!(look, clean);
}
