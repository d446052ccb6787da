//! Default delivery channels: what assets of a media type get when nothing is asked for; of a customer, or of one space.

mod default_channel_path;
mod default_channel_fields;

mod get_default_channels;
mod post_default_channel;
mod get_default_channel;
mod put_default_channel;
mod delete_default_channel;

pub(crate) use delete_default_channel::delete_default_channel;
pub(crate) use get_default_channel::get_default_channel;
pub(crate) use get_default_channels::get_default_channels;
pub(crate) use post_default_channel::post_default_channel;
pub(crate) use put_default_channel::put_default_channel;
