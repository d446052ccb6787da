use model::Origin;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Composite, CompositeStatus, PageTemplate};
use crate::{
    Catalogue, Error, JobKind, Priority,
    database::query::{self, micros, moment},
    jobs::new_job::{self, NewJob},
    spaces::space_defaults,
};

/// A document that is to be taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct NewComposite {
    pub space: u32,
    pub origin: Origin,
    /// The number of its first page.
    pub seed: i64,
    pub template: PageTemplate,
}

const ATTEMPTS: i64 = 5;

impl Catalogue {
    /// Takes documents in, all or none of them, and has each taken apart.
    pub async fn register_composites(
        &self,
        customer: u32,
        new: &[NewComposite],
        now: OffsetDateTime,
    ) -> Result<Vec<Composite>, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let spaces = new.iter().map(|new| new.space);
        let spaces = space_defaults::of_spaces(&change, customer, spaces).await?;
        if let Some(new) = new.iter().find(|new| !spaces.contains_key(&new.space)) {
            return Err(Error::Invalid(format!("Target space {} does not exist", new.space)));
        }
        let collection = Uuid::now_v7().to_string();
        let mut registered = Vec::with_capacity(new.len());
        for (place, new) in (0_i64..).zip(new) {
            let composite = fresh(customer, &collection, new, now);
            let fields = [
                ("id", composite.id.as_str().into()),
                ("collection", collection.as_str().into()),
                ("place", place.into()),
                ("customer", customer.into()),
                ("space", new.space.into()),
                ("origin", new.origin.as_str().into()),
                ("seed", new.seed.into()),
                ("template", template(new).into()),
                ("status", composite.status.as_str().into()),
                ("registered", 0_i64.into()),
                ("batches", "[]".into()),
                ("created", micros(now).into()),
                ("modified", micros(now).into()),
            ];
            let (sql, values) = query::insert("composite", fields.into());
            query::run(&change, &sql, values).await?;
            new_job::insert(&change, &job(&composite)?, now).await?;
            registered.push(composite);
        }
        change.commit().await?;
        self.parts().bells.ring_queued();
        Ok(registered)
    }
}

fn fresh(customer: u32, collection: &str, new: &NewComposite, now: OffsetDateTime) -> Composite {
    Composite {
        id: Uuid::now_v7().to_string(),
        collection: collection.to_owned(),
        customer,
        space: new.space,
        origin: new.origin.clone(),
        seed: new.seed,
        template: new.template.clone(),
        status: CompositeStatus::Pending,
        pages: None,
        registered: 0,
        batches: Vec::new(),
        drawn: Vec::new(),
        skipped: Vec::new(),
        error: None,
        created: now,
        modified: now,
    }
}

fn template(new: &NewComposite) -> String {
    serde_json::to_string(&new.template).expect("texts and numbers become JSON")
}

fn job(composite: &Composite) -> Result<NewJob, Error> {
    Ok(NewJob {
        asset: composite.job_name()?,
        kind: JobKind::TakeApart,
        priority: Priority::Normal,
        due: composite.created,
        version: 0,
        leftovers: None,
        max_attempts: ATTEMPTS,
    })
}
