//! `/customers/{customer}/webhooks`: who is told what happens in the library. Who tells them is not here.

mod webhook_fields;
mod get_webhooks;
mod get_webhook;
mod post_webhook;
mod put_webhook;
mod delete_webhook;
mod post_test;

pub(crate) use delete_webhook::delete_webhook;
pub(crate) use get_webhook::get_webhook;
pub(crate) use get_webhooks::get_webhooks;
pub(crate) use post_test::post_test;
pub(crate) use post_webhook::post_webhook;
pub(crate) use put_webhook::put_webhook;
