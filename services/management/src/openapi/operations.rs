//! Over 400 lines because a table reads best in one piece.

use super::operation::{
    OpensTo::{Administrator, Everybody},
    Operation,
    Shape::{Context, Events, Form, Icon, Members, Object, One, Page, Table, Web},
};
use crate::hydra::{
    AuditEntry, Batch, BatchError, CustomHeader, Customer, CustomerOriginStrategy, CustomerStorage,
    DeadLetter, DefaultDeliveryChannel, DeliveryChannelPolicy, EntryPoint, Image,
    ImageOptimisationPolicy, ImageProgress, ImageStorage, Key, NamedQuery, OriginStrategy,
    PortalUser, Queue, QueueSummary, RefusedMessage, Resource, Space, StoragePolicy,
    ThumbnailPolicy, Webhook,
};

macro_rules! customer {
    ($path:literal) => {
        concat!("/customers/{customerId}", $path)
    };
}

macro_rules! space {
    ($path:literal) => {
        concat!("/customers/{customerId}/spaces/{spaceId}", $path)
    };
}

/// As the DLCS spells the space here.
macro_rules! space_channels {
    ($path:literal) => {
        concat!("/customers/{customerId}/spaces/{space}/defaultDeliveryChannels", $path)
    };
}

macro_rules! image {
    ($path:literal) => {
        concat!("/customers/{customerId}/spaces/{spaceId}/images/{imageId}", $path)
    };
}

macro_rules! batch {
    ($path:literal) => {
        concat!("/customers/{customerId}/queue/batches/{batchId}", $path)
    };
}

const CHANNEL: &str = customer!("/deliveryChannelPolicies/{deliveryChannelName}");
const POLICY: &str =
    customer!("/deliveryChannelPolicies/{deliveryChannelName}/{deliveryChannelPolicyName}");

/// Of what waits until an asset is brought in: it may fail, take too long, or have no room.
const BROUGHT_IN: &[u16] = &[422, 504, 507];

/// Every operation, by what it is about.
pub(super) const OPERATIONS: &[&[Operation]] =
    &[PLATFORM, CUSTOMERS, SPACES, IMAGES, QUEUES, POLICIES, CHOICES, STORAGE, PEOPLE, EVENTS];

const PLATFORM: &[Operation] = &[
    Operation::get("/", One(&EntryPoint::CLASS), "Where a client begins").open_to(Everybody),
    Operation::post("/setup", None, (200, One(&Key::CLASS)), "Makes the administrator, once")
        .open_to(Everybody)
        .refuses(&[409]),
    Operation::get("/favicon.ico", Icon, "An icon for browsers").open_to(Everybody),
    Operation::get("/vocab", Context, "The classes and their properties").open_to(Everybody),
    Operation::get("/contexts/{file}", Context, "The JSON-LD context of a class")
        .open_to(Everybody),
    Operation::get("/openapi.json", Object, "This description").open_to(Everybody),
    Operation::get("/docs", Web, "The same for people, as a page").open_to(Everybody),
    Operation::get("/queue", One(&QueueSummary::CLASS), "What waits on the platform")
        .open_to(Everybody),
];

const CUSTOMERS: &[Operation] = &[
    Operation::get("/customers", Page(&Customer::CLASS), "All customers").open_to(Everybody),
    Operation::create("/customers", &Customer::CLASS, "Makes a customer").open_to(Administrator),
    Operation::get(customer!(""), One(&Customer::CLASS), "A customer"),
    Operation::patch(
        customer!(""),
        One(&Customer::CLASS),
        One(&Customer::CLASS),
        "Renames a customer",
    )
    .refuses(&[409]),
    Operation::get(
        customer!("/keys"),
        Page(&Key::CLASS),
        "The customer's keys, without their secrets",
    ),
    Operation::post(
        customer!("/keys"),
        Some(One(&Key::CLASS)),
        (200, One(&Key::CLASS)),
        "Makes a key; its secret is shown once",
    ),
    Operation::delete(customer!("/keys/{key}"), "Deletes a key"),
];

const SPACES: &[Operation] = &[
    Operation::get(customer!("/spaces"), Page(&Space::CLASS), "The customer's spaces"),
    Operation::create(customer!("/spaces"), &Space::CLASS, "Makes a space"),
    Operation::get(space!(""), One(&Space::CLASS), "A space"),
    Operation::put(space!(""), &Space::CLASS, "Makes or replaces a space").refuses(&[409]),
    Operation::patch(space!(""), One(&Space::CLASS), One(&Space::CLASS), "Changes a space")
        .refuses(&[409]),
    Operation::delete(space!(""), "Deletes a space that is empty").refuses(&[409]),
];

const IMAGES: &[Operation] = &[
    Operation::get(
        space!("/images"),
        Page(&Image::CLASS),
        "The assets of a space, or those that a query finds",
    ),
    Operation::patch(
        space!("/images"),
        Members(&Image::CLASS),
        Page(&Image::CLASS),
        "Changes many assets",
    ),
    Operation::post(
        space!("/images"),
        Some(Form),
        (201, One(&Image::CLASS)),
        "Registers an asset that comes with its file, and brings it in",
    )
    .or(200, Some(One(&Image::CLASS)))
    .refuses(&[415, 422, 504, 507]),
    Operation::get(image!(""), One(&Image::CLASS), "An asset"),
    Operation::put(image!(""), &Image::CLASS, "Registers or replaces an asset, and brings it in")
        .refuses(BROUGHT_IN),
    Operation::post(
        image!(""),
        Some(One(&Image::CLASS)),
        (200, One(&Image::CLASS)),
        "Registers an image with its bytes",
    )
    .or(201, Some(One(&Image::CLASS)))
    .refuses(BROUGHT_IN),
    Operation::patch(image!(""), One(&Image::CLASS), One(&Image::CLASS), "Changes an asset")
        .refuses(BROUGHT_IN),
    Operation::delete(image!(""), "Deletes an asset"),
    Operation::post(
        image!("/reingest"),
        None,
        (200, One(&Image::CLASS)),
        "Brings an asset in again",
    )
    .refuses(BROUGHT_IN),
    Operation::post(
        image!("/move"),
        Some(Object),
        (201, One(&Image::CLASS)),
        "Gives an asset another space or name",
    )
    .refuses(&[507]),
    Operation::post(
        image!("/copy"),
        Some(Object),
        (201, One(&Image::CLASS)),
        "Makes a second asset of one",
    )
    .refuses(&[507]),
    Operation::get(
        image!("/progress"),
        One(&ImageProgress::CLASS),
        "Where an asset is on its way in",
    ),
    Operation::get(image!("/metadata"), Object, "What was found in audio or video"),
    Operation::get(
        customer!("/allImages"),
        Page(&Image::CLASS),
        "The customer's assets, or those that a query finds",
    ),
    Operation::post(
        customer!("/allImages"),
        Some(Members(&Image::CLASS)),
        (200, Page(&Image::CLASS)),
        "The assets that are named, or that a query finds",
    ),
    Operation::patch(
        customer!("/allImages"),
        Object,
        Page(&Image::CLASS),
        "Changes a list of many assets",
    ),
    Operation::post(
        customer!("/deleteImages"),
        Some(Members(&Image::CLASS)),
        (200, Object),
        "Deletes many assets",
    )
    .or(204, None),
];

const QUEUES: &[Operation] = &[
    Operation::get(customer!("/queue"), One(&Queue::CLASS), "What waits"),
    Operation::post(
        customer!("/queue"),
        Some(Members(&Image::CLASS)),
        (201, One(&Batch::CLASS)),
        "Registers a batch, or documents whose pages become assets",
    )
    .or(202, Some(Object))
    .refuses(&[507]),
    Operation::get(
        "/collections/{collectionId}",
        Object,
        "How far the documents are that came together",
    ),
    Operation::get(
        "/collections/{collectionId}/members/{memberId}",
        Object,
        "How far a document is; 422 if it failed",
    )
    .or(422, Some(Object)),
    Operation::get(customer!("/queue/priority"), One(&Queue::CLASS), "What waits and comes first"),
    Operation::post(
        customer!("/queue/priority"),
        Some(Members(&Image::CLASS)),
        (201, One(&Batch::CLASS)),
        "Registers a batch that comes first",
    )
    .refuses(&[507]),
    Operation::post(
        customer!("/queue/csv"),
        Some(Table),
        (201, One(&Batch::CLASS)),
        "Registers a table as a batch",
    )
    .or(200, Some(Object))
    .refuses(&[507]),
    Operation::get(customer!("/queue/batches"), Page(&Batch::CLASS), "All batches"),
    Operation::get(customer!("/queue/active"), Page(&Batch::CLASS), "Batches that are unfinished"),
    Operation::get(
        customer!("/queue/recent"),
        Page(&Batch::CLASS),
        "Batches that are finished, the newest first",
    ),
    Operation::get(
        customer!("/queue/recentErrorsByMetadata/{field}"),
        Object,
        "What is wrong, by a property",
    ),
    Operation::post(
        customer!("/queue/pause"),
        None,
        (200, One(&Queue::CLASS)),
        "Has nothing more of it begun",
    ),
    Operation::post(customer!("/queue/resume"), None, (200, One(&Queue::CLASS)), "Has it go on"),
    Operation::post(
        "/queue/pause",
        None,
        (200, One(&QueueSummary::CLASS)),
        "Pauses the queues of all customers",
    )
    .open_to(Administrator),
    Operation::post(
        "/queue/resume",
        None,
        (200, One(&QueueSummary::CLASS)),
        "Has all queues go on that their customers have not paused",
    )
    .open_to(Administrator),
    Operation::get("/queue/deadLetters", Page(&DeadLetter::CLASS), "What was given up for anybody")
        .open_to(Administrator),
    Operation::get(
        customer!("/queue/deadLetters"),
        Page(&DeadLetter::CLASS),
        "What was given up, and why",
    ),
    Operation::get(
        customer!("/queue/deadLetters/{deadLetterId}"),
        One(&DeadLetter::CLASS),
        "What was given up",
    ),
    Operation::delete(customer!("/queue/deadLetters/{deadLetterId}"), "Discards what was given up"),
    Operation::post(
        customer!("/queue/deadLetters/{deadLetterId}/retry"),
        None,
        (200, One(&DeadLetter::CLASS)),
        "Has it tried again",
    ),
    Operation::get(batch!(""), One(&Batch::CLASS), "A batch"),
    Operation::get(batch!("/images"), Page(&Image::CLASS), "Assets that came with it last"),
    Operation::get(batch!("/assets"), Page(&Image::CLASS), "Assets that ever came with it"),
    Operation::get(batch!("/errors"), Page(&BatchError::CLASS), "Which failed, and why"),
    Operation::post(
        batch!("/test"),
        None,
        (200, Object),
        "Whether there is nothing more to wait for",
    ),
    Operation::post(
        batch!("/retry"),
        None,
        (200, One(&Batch::CLASS)),
        "Brings in again what failed",
    ),
    Operation::post(batch!("/cancel"), None, (200, One(&Batch::CLASS)), "Calls off what waits"),
];

const POLICIES: &[Operation] = &[
    Operation::get(customer!("/deliveryChannelPolicies"), Object, "Policies by channel"),
    Operation::get(CHANNEL, Page(&DeliveryChannelPolicy::CLASS), "The policies of a channel"),
    Operation::create(CHANNEL, &DeliveryChannelPolicy::CLASS, "Makes a policy"),
    Operation::get(POLICY, One(&DeliveryChannelPolicy::CLASS), "A policy"),
    Operation::put(POLICY, &DeliveryChannelPolicy::CLASS, "Makes or replaces a policy"),
    Operation::patch(
        POLICY,
        One(&DeliveryChannelPolicy::CLASS),
        One(&DeliveryChannelPolicy::CLASS),
        "Changes a policy",
    ),
    Operation::delete(POLICY, "Deletes a policy").refuses(&[409]),
    Operation::get("/originStrategies", Page(&OriginStrategy::CLASS), "How origins can be fetched")
        .open_to(Everybody),
    Operation::get(
        "/originStrategies/{originStrategyId}",
        One(&OriginStrategy::CLASS),
        "A way to fetch",
    )
    .open_to(Everybody),
    Operation::get(
        "/imageOptimisationPolicies",
        Page(&ImageOptimisationPolicy::CLASS),
        "Of before delivery channels",
    )
    .open_to(Everybody),
    Operation::get(
        "/imageOptimisationPolicies/{imageOptimisationPolicyId}",
        One(&ImageOptimisationPolicy::CLASS),
        "Of before delivery channels",
    )
    .open_to(Everybody),
    Operation::get(
        "/thumbnailPolicies",
        Page(&ThumbnailPolicy::CLASS),
        "Of before delivery channels",
    )
    .open_to(Everybody),
    Operation::get(
        "/thumbnailPolicies/{thumbnailPolicyId}",
        One(&ThumbnailPolicy::CLASS),
        "Of before delivery channels",
    )
    .open_to(Everybody),
    Operation::get(
        customer!("/imageOptimisationPolicies"),
        Page(&ImageOptimisationPolicy::CLASS),
        "Of before delivery channels",
    ),
    Operation::get(
        customer!("/imageOptimisationPolicies/{imageOptimisationPolicyId}"),
        One(&ImageOptimisationPolicy::CLASS),
        "Of before delivery channels",
    ),
];

const CHOICES: &[Operation] = &[
    Operation::get(
        customer!("/defaultDeliveryChannels"),
        Page(&DefaultDeliveryChannel::CLASS),
        "What assets get that ask for nothing",
    ),
    Operation::create(
        customer!("/defaultDeliveryChannels"),
        &DefaultDeliveryChannel::CLASS,
        "Adds a default",
    ),
    Operation::get(
        customer!("/defaultDeliveryChannels/{defaultDeliveryChannelId}"),
        One(&DefaultDeliveryChannel::CLASS),
        "A default",
    ),
    Operation::replace(
        customer!("/defaultDeliveryChannels/{defaultDeliveryChannelId}"),
        &DefaultDeliveryChannel::CLASS,
        "Replaces a default",
    )
    .refuses(&[409]),
    Operation::delete(
        customer!("/defaultDeliveryChannels/{defaultDeliveryChannelId}"),
        "Deletes a default",
    ),
    Operation::get(
        space_channels!(""),
        Page(&DefaultDeliveryChannel::CLASS),
        "What assets of the space get that ask for nothing",
    ),
    Operation::create(space_channels!(""), &DefaultDeliveryChannel::CLASS, "Adds a default"),
    Operation::get(
        space_channels!("/{defaultDeliveryChannelId}"),
        One(&DefaultDeliveryChannel::CLASS),
        "A default",
    ),
    Operation::replace(
        space_channels!("/{defaultDeliveryChannelId}"),
        &DefaultDeliveryChannel::CLASS,
        "Replaces a default",
    )
    .refuses(&[409]),
    Operation::delete(space_channels!("/{defaultDeliveryChannelId}"), "Deletes a default"),
    Operation::get(
        customer!("/originStrategies"),
        Page(&CustomerOriginStrategy::CLASS),
        "How the customer's origins are fetched",
    ),
    Operation::create(
        customer!("/originStrategies"),
        &CustomerOriginStrategy::CLASS,
        "Says how some origins are fetched",
    ),
    Operation::get(
        customer!("/originStrategies/{strategyId}"),
        One(&CustomerOriginStrategy::CLASS),
        "How some origins are fetched",
    ),
    Operation::replace(
        customer!("/originStrategies/{strategyId}"),
        &CustomerOriginStrategy::CLASS,
        "Changes how",
    )
    .refuses(&[409]),
    Operation::delete(customer!("/originStrategies/{strategyId}"), "Deletes it"),
    Operation::get(
        customer!("/customHeaders"),
        Page(&CustomHeader::CLASS),
        "Headers that answers carry",
    ),
    Operation::create(customer!("/customHeaders"), &CustomHeader::CLASS, "Adds a header"),
    Operation::get(
        customer!("/customHeaders/{customHeaderId}"),
        One(&CustomHeader::CLASS),
        "A header",
    ),
    Operation::replace(
        customer!("/customHeaders/{customHeaderId}"),
        &CustomHeader::CLASS,
        "Replaces a header",
    ),
    Operation::delete(customer!("/customHeaders/{customHeaderId}"), "Deletes a header"),
    Operation::get(
        customer!("/namedQueries"),
        Page(&NamedQuery::CLASS),
        "The customer's named queries, and those of all",
    ),
    Operation::create(customer!("/namedQueries"), &NamedQuery::CLASS, "Makes a named query"),
    Operation::post(
        customer!("/namedQueries/preview"),
        Some(Object),
        (200, Object),
        "What a template means, what it finds, and what can be made of it",
    ),
    Operation::get(
        customer!("/namedQueries/{namedQueryId}"),
        One(&NamedQuery::CLASS),
        "A named query",
    ),
    Operation::replace(
        customer!("/namedQueries/{namedQueryId}"),
        &NamedQuery::CLASS,
        "Changes its template",
    ),
    Operation::delete(customer!("/namedQueries/{namedQueryId}"), "Deletes a named query"),
];

const STORAGE: &[Operation] = &[
    Operation::get("/storagePolicies", Page(&StoragePolicy::CLASS), "How much may be kept")
        .open_to(Everybody),
    Operation::create("/storagePolicies", &StoragePolicy::CLASS, "Makes a limit")
        .open_to(Administrator),
    Operation::get("/storagePolicies/{storagePolicyId}", One(&StoragePolicy::CLASS), "A limit")
        .open_to(Everybody),
    Operation::put(
        "/storagePolicies/{storagePolicyId}",
        &StoragePolicy::CLASS,
        "Makes or replaces a limit",
    )
    .open_to(Administrator),
    Operation::patch(
        "/storagePolicies/{storagePolicyId}",
        One(&StoragePolicy::CLASS),
        One(&StoragePolicy::CLASS),
        "Changes a limit",
    )
    .open_to(Administrator),
    Operation::delete("/storagePolicies/{storagePolicyId}", "Deletes a limit that nobody has")
        .refuses(&[409])
        .open_to(Administrator),
    Operation::get(customer!("/storage"), One(&CustomerStorage::CLASS), "What is kept"),
    Operation::patch(
        customer!("/storage"),
        One(&CustomerStorage::CLASS),
        One(&CustomerStorage::CLASS),
        "Gives the customer a limit",
    )
    .open_to(Administrator),
    Operation::get(space!("/storage"), One(&CustomerStorage::CLASS), "What is kept of a space"),
    Operation::patch(
        space!("/storage"),
        One(&CustomerStorage::CLASS),
        One(&CustomerStorage::CLASS),
        "Gives the space a limit",
    )
    .open_to(Administrator),
    Operation::get(image!("/storage"), One(&ImageStorage::CLASS), "What is kept of an asset"),
];

const PEOPLE: &[Operation] = &[
    Operation::get(customer!("/portalUsers"), Page(&PortalUser::CLASS), "Who may use the portal"),
    Operation::create(
        customer!("/portalUsers"),
        &PortalUser::CLASS,
        "Lets somebody use the portal",
    ),
    Operation::get(customer!("/portalUsers/{userId}"), One(&PortalUser::CLASS), "A user"),
    Operation::patch(
        customer!("/portalUsers/{userId}"),
        One(&PortalUser::CLASS),
        One(&PortalUser::CLASS),
        "Changes a user",
    ),
    Operation::delete(customer!("/portalUsers/{userId}"), "Deletes a user"),
    Operation::get(customer!("/audit"), Page(&AuditEntry::CLASS), "Who changed what"),
    Operation::get(customer!("/audit/{entryId}"), One(&AuditEntry::CLASS), "A change"),
    Operation {
        status: 200,
        answer: Some(Object),
        ..Operation::delete(customer!("/resources/pdf/{queryName}"), "Forgets a stored PDF")
            .or(204, None)
    },
];

const EVENTS: &[Operation] = &[
    Operation::get(customer!("/events"), Events, "What happens, as server-sent events"),
    Operation::get("/refusedMessages", Page(&RefusedMessage::CLASS), "What buckets told in vain")
        .open_to(Administrator),
    Operation::get(customer!("/webhooks"), Page(&Webhook::CLASS), "Who is told what happens"),
    Operation::create(customer!("/webhooks"), &Webhook::CLASS, "Has an address told"),
    Operation::get(customer!("/webhooks/{webhookId}"), One(&Webhook::CLASS), "A webhook"),
    Operation::replace(
        customer!("/webhooks/{webhookId}"),
        &Webhook::CLASS,
        "Changes what it is told",
    ),
    Operation::delete(customer!("/webhooks/{webhookId}"), "Deletes a webhook"),
    Operation::post(
        customer!("/webhooks/{webhookId}/test"),
        None,
        (202, One(&Webhook::CLASS)),
        "Has it tried",
    ),
];
