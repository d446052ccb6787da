use crate::hydra::Class;

/// One method of one address.
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// As the DLCS spells it: its parameters name those of generated clients.
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    pub(super) opens_to: OpensTo,
    pub(super) body: Option<Shape>,
    /// Of success.
    pub(super) status: u16,
    pub(super) answer: Option<Shape>,
    /// Of success, too: where a PUT makes what is not there, where a setting decides.
    pub(super) or: Option<(u16, Option<Shape>)>,
    /// What it may be refused with beyond what follows from the rest.
    pub(super) refuses: &'static [u16],
}

/// Whose key an operation needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OpensTo {
    Everybody,
    Customer,
    Administrator,
}

#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A resource on its own.
    One(&'static Class),
    /// A page of a collection.
    Page(&'static Class),
    /// A collection that is sent.
    Members(&'static Class),
    /// A JSON object that is no resource.
    Object,
    /// What JSON-LD itself is made of.
    Context,
    /// A table, as CSV.
    Table,
    /// A form with a file.
    Form,
    /// An icon.
    Icon,
    /// Server-sent events.
    Events,
    /// A page of HTML.
    Web,
}

impl Operation {
    const fn new(
        method: &'static str,
        path: &'static str,
        status: u16,
        summary: &'static str,
    ) -> Self {
        let opens_to = OpensTo::Customer;
        Self {
            method,
            path,
            summary,
            opens_to,
            body: None,
            status,
            answer: None,
            or: None,
            refuses: &[],
        }
    }

    pub(super) const fn get(path: &'static str, answer: Shape, summary: &'static str) -> Self {
        Self { answer: Some(answer), ..Self::new("get", path, 200, summary) }
    }

    /// Creates something of the class that it is told of.
    pub(super) const fn create(
        path: &'static str,
        class: &'static Class,
        summary: &'static str,
    ) -> Self {
        let shape = Some(Shape::One(class));
        Self { body: shape, answer: shape, ..Self::new("post", path, 201, summary) }
    }

    pub(super) const fn post(
        path: &'static str,
        body: Option<Shape>,
        (status, answer): (u16, Shape),
        summary: &'static str,
    ) -> Self {
        Self { body, answer: Some(answer), ..Self::new("post", path, status, summary) }
    }

    /// Replaces something that is there.
    pub(super) const fn replace(
        path: &'static str,
        class: &'static Class,
        summary: &'static str,
    ) -> Self {
        let shape = Some(Shape::One(class));
        Self { body: shape, answer: shape, ..Self::new("put", path, 200, summary) }
    }

    /// Makes something, or replaces it.
    pub(super) const fn put(
        path: &'static str,
        class: &'static Class,
        summary: &'static str,
    ) -> Self {
        let replaced = Self::replace(path, class, summary);
        replaced.or(201, Some(Shape::One(class)))
    }

    pub(super) const fn patch(
        path: &'static str,
        shape: Shape,
        answer: Shape,
        summary: &'static str,
    ) -> Self {
        Self { body: Some(shape), answer: Some(answer), ..Self::new("patch", path, 200, summary) }
    }

    pub(super) const fn delete(path: &'static str, summary: &'static str) -> Self {
        Self::new("delete", path, 204, summary)
    }

    pub(super) const fn or(self, status: u16, answer: Option<Shape>) -> Self {
        Self { or: Some((status, answer)), ..self }
    }

    pub(super) const fn refuses(self, refuses: &'static [u16]) -> Self {
        Self { refuses, ..self }
    }

    pub(super) const fn open_to(self, opens_to: OpensTo) -> Self {
        Self { opens_to, ..self }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.answer, Some(Shape::Page(_)))
    }

    /// `get_customers_customer_id_spaces`: what generators make of a method and a path.
    pub(super) fn id(&self) -> String {
        let segments = self.path.split('/').filter(|segment| !segment.is_empty());
        let names = segments.map(|segment| snake_case(segment.trim_matches(['{', '}'])));
        [self.method.to_owned()].into_iter().chain(names).collect::<Vec<_>>().join("_")
    }

    /// What the operation is about, as the DLCS groups them.
    pub(super) fn tag(&self) -> &'static str {
        let is_about = |name: &str| self.path.split('/').any(|segment| segment == name);
        const TAGS: [(&str, &str); 23] = [
            ("refusedMessages", "Events"),
            ("events", "Events"),
            ("webhooks", "Webhooks"),
            ("defaultDeliveryChannels", "Default delivery channels"),
            ("deliveryChannelPolicies", "Delivery channel policies"),
            ("storage", "Storage"),
            ("queue", "Queue"),
            ("keys", "API keys"),
            ("portalUsers", "Portal users"),
            ("namedQueries", "Named queries"),
            ("customHeaders", "Custom headers"),
            ("originStrategies", "Origin strategies"),
            ("imageOptimisationPolicies", "Policy"),
            ("thumbnailPolicies", "Policy"),
            ("storagePolicies", "Policy"),
            ("resources", "Customer resources"),
            ("audit", "Audit"),
            ("allImages", "Customer images"),
            ("deleteImages", "Customer images"),
            ("{imageId}", "Image"),
            ("images", "Images"),
            ("spaces", "Space"),
            ("customers", "Customer"),
        ];
        TAGS.iter().find(|(name, _)| is_about(name)).map_or("Home", |(_, tag)| tag)
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(if letter == '.' { '_' } else { letter.to_ascii_lowercase() });
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named_as_generated_clients_know_them() {
        for (method, path, id) in [
            ("get", "/", "get"),
            ("get", "/customers/{customerId}/keys", "get_customers_customer_id_keys"),
            (
                "post",
                "/customers/{customerId}/queue/batches/{batchId}/test",
                "post_customers_customer_id_queue_batches_batch_id_test",
            ),
            (
                "put",
                "/customers/{customerId}/spaces/{spaceId}/images/{imageId}",
                "put_customers_customer_id_spaces_space_id_images_image_id",
            ),
        ] {
            assert_eq!(Operation::new(method, path, 200, "").id(), id);
        }
    }
}
