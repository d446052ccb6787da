use axum::extract::State;
use model::DeliveryChannel;

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{Collection, PoliciesLink},
    urls::Urls,
};

/// `GET /customers/{customer}/deliveryChannelPolicies`: for each channel, where its policies are.
pub(crate) async fn get_policies(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Collection<PoliciesLink>, Error> {
    let policies = management.catalogue.delivery_channel_policies(customer, None).await?;
    let links = DeliveryChannel::ALL.into_iter().map(|channel| {
        let count = policies.iter().filter(|policy| policy.channel == channel).count();
        PoliciesLink::new(customer, channel, count, &urls)
    });
    Ok(Collection::whole(&urls, links.collect()))
}

#[cfg(test)]
mod tests {
    use crate::testing::on_every_database;

    #[tokio::test]
    async fn every_channel_says_where_its_policies_are() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.get("/customers/2/deliveryChannelPolicies").await;
            assert_eq!((answer.status.as_u16(), &answer.body["totalItems"]), (200, &5.into()));
            for (n, (channel, count)) in
                [("iiif-img", 2), ("thumbs", 1), ("iiif-av", 2), ("file", 1), ("none", 1)]
                    .into_iter()
                    .enumerate()
            {
                let member = &answer.body["member"][n];
                let path = format!("/customers/2/deliveryChannelPolicies/{channel}");
                assert_eq!(member["@id"], format!("https://api.example.org{path}"));
                assert_eq!(member["totalItems"], count, "{channel}");
                assert_eq!(librarian.get(&path).await.body["totalItems"], count, "{channel}");
            }
        })
        .await;
    }
}
