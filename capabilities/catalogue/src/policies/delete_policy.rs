use sea_orm::ConnectionTrait;

use crate::{
    AssetChannel, Catalogue, Error, Expected, PolicyName,
    database::query::{self, Record, Row},
    policies::put_policy::own_for_update,
};

impl Catalogue {
    /// Only a policy that nothing names can go. An asset that is registered with it in the same moment may keep the
    /// name; it then gets what the platform makes of every asset.
    pub async fn delete_policy(
        &self,
        which: PolicyName<'_>,
        expected: &Expected,
    ) -> Result<(), Error> {
        let PolicyName { customer, channel, name } = which;
        let change = self.database().begin().await?;
        let policy = own_for_update(&change, which).await?;
        expected.check(Some(policy.modified))?;
        if policy.system {
            let text = format!("The policy {channel}/{name} is the system's and cannot be deleted");
            return Err(Error::Conflict(text));
        }
        let key = || [customer.into(), channel.as_str().into(), name.into()];
        let defaults = "SELECT COUNT(*) FROM default_delivery_channel
                        WHERE customer = $1 AND channel = $2 AND policy = $3";
        if query::one::<i64>(&change, defaults, key()).await? != Some(0) {
            return Err(Error::Conflict(format!(
                "The policy {channel}/{name} is in use by a default delivery channel"
            )));
        }
        if is_used_by_assets(&change, which).await? {
            let text = format!("The policy {channel}/{name} is in use by assets");
            return Err(Error::Conflict(text));
        }
        let sql = "DELETE FROM delivery_channel_policy
                   WHERE customer = $1 AND channel = $2 AND name = $3";
        query::run(&change, sql, key()).await?;
        change.commit().await?;
        Ok(())
    }
}

/// Goes from one combination of channels to the next: there are few, however many assets there are.
async fn is_used_by_assets(
    change: &impl ConnectionTrait,
    which: PolicyName<'_>,
) -> Result<bool, Error> {
    let mut last = String::new();
    loop {
        let values = [which.customer.into(), last.into()];
        let Some(next) = query::one::<Combination>(change, NEXT_COMBINATION, values).await? else {
            return Ok(false);
        };
        let is_it = |own: &AssetChannel| own.channel == which.channel && own.policy == which.name;
        if next.channels.iter().any(is_it) {
            return Ok(true);
        }
        last = next.text;
    }
}

pub(crate) const NEXT_COMBINATION: &str = "SELECT channels FROM asset
    WHERE customer = $1 AND channels > $2 ORDER BY customer, channels LIMIT 1";

struct Combination {
    text: String,
    channels: Vec<AssetChannel>,
}

impl Record for Combination {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { text: row.text("channels")?, channels: row.json("channels")? })
    }
}
