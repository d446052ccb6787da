use std::collections::HashMap;

use axum::http::StatusCode;
use catalogue::{Batch, NewAsset, Priority, Reach};
use model::AssetId;
use serde_json::json;

use super::entry::Entry;
use crate::{
    Management,
    audit::journal,
    error::{During, Error},
    fields::Fields,
    members::asset_of,
    permit,
    queue::new_assets,
};

/// A list that was checked as a whole; nothing of it is registered yet.
pub struct Draft {
    customer: u32,
    priority: Priority,
    assets: Vec<NewAsset>,
    unchanged: usize,
}

/// Why a list is not registered, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// All that is wrong with it, line by line.
    #[error("{}", .0.join("\n"))]
    Faults(Vec<String>),
    #[error("{0}")]
    Failed(String),
}

impl Draft {
    /// How many assets are to be registered.
    pub fn count(&self) -> usize {
        self.assets.len()
    }

    pub(crate) fn assets(&self) -> &[NewAsset] {
        &self.assets
    }

    /// How many are there already as the list has them, and are left alone.
    pub fn unchanged(&self) -> usize {
        self.unchanged
    }
}

impl Management {
    /// Checks all that a list names. What is there already is left out, unless it is wanted `again`.
    pub async fn draft(
        &self,
        customer: u32,
        entries: Vec<Entry>,
        priority: Priority,
        again: bool,
    ) -> Result<Draft, ImportError> {
        Ok(draft(self, &customer.into(), entries, priority, again).await?)
    }

    /// Registers a list in batches, and tells of each; those before one that fails stay.
    pub async fn register(
        &self,
        draft: &Draft,
        batch_size: usize,
        mut tell: impl FnMut(&Batch),
    ) -> Result<(), ImportError> {
        for assets in draft.assets.chunks(batch_size.max(1)) {
            let batch = self.register_batch(draft, assets).await;
            // The list was right when it was looked at.
            tell(&batch.map_err(|error| ImportError::Failed(error.to_string()))?);
        }
        Ok(())
    }
}

impl Management {
    /// Written down like a request of the API, in the name of the program.
    async fn register_batch(&self, draft: &Draft, assets: &[NewAsset]) -> Result<Batch, Error> {
        if self.config.audit_days == 0 {
            return register(self, draft, assets).await;
        }
        let path = format!("/customers/{}/queue", draft.customer);
        let attempt = journal::by_operator("recto import", draft.customer, path);
        let entry = journal::begin(self, &attempt).await?;
        let registered = register(self, draft, assets).await;
        let (status, after) = match &registered {
            Ok(batch) => {
                let told = json!({ "@type": "vocab:Batch", "id": batch.id, "count": batch.count });
                (StatusCode::CREATED, Some(told.to_string()))
            }
            Err(error) => (error.status(), None),
        };
        journal::end(self, entry, status, after.as_deref().map(str::as_bytes)).await?;
        registered
    }
}

/// What is to be registered, or everything that is wrong with it, line by line.
pub(crate) async fn draft(
    management: &Management,
    reach: &Reach,
    entries: Vec<Entry>,
    priority: Priority,
    again: bool,
) -> Result<Draft, Error> {
    let customer = reach.customer;
    let (mut named, mut faults) = (Vec::with_capacity(entries.len()), Vec::new());
    let mut lines: HashMap<AssetId, u64> = HashMap::new();
    for Entry { line, fields } in entries {
        let fields = Fields::new(fields);
        match asset_of(&fields, customer, None) {
            Ok(id) => match lines.get(&id) {
                Some(first) => faults.push(format!("line {line}: {id} is on line {first} already")),
                None => {
                    lines.insert(id.clone(), line);
                    named.push((id, fields));
                }
            },
            Err(fault) => faults.push(format!("line {line}: {fault}")),
        }
    }
    permit::check_reach(reach, named.iter().map(|(id, _)| id))?;
    let place = |id: &AssetId| format!("line {}", lines[id]);
    let (mut assets, found) = new_assets(management, named, priority, &place).await?;
    faults.extend(found);
    let check = management.catalogue.check_batch(customer, &assets, management.now()).await?;
    faults.extend(check.faults.iter().map(|(id, fault)| format!("{}: {fault}", place(id))));
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let all = assets.len();
    assets.retain(|asset| again || !check.unchanged.contains(&asset.id));
    let unchanged = all - assets.len();
    Ok(Draft { customer, priority, assets, unchanged })
}

pub(crate) async fn register(
    management: &Management,
    draft: &Draft,
    assets: &[NewAsset],
) -> Result<Batch, Error> {
    let Draft { customer, priority, .. } = *draft;
    let now = management.now();
    let batch = management.catalogue.register_batch(customer, assets, priority, now).await;
    batch.during("Create batch")
}

impl From<Error> for ImportError {
    fn from(error: Error) -> Self {
        match error.faults() {
            Ok(faults) => Self::Faults(faults),
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}
