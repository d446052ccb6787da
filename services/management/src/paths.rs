use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use model::AssetId;

use crate::{
    Management,
    caller::{Guest, Tenant},
    error::Error,
    permit,
};

/// `/customers/{customer}/spaces/{space}`, named by somebody who may work there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpacePath {
    pub(crate) customer: u32,
    pub(crate) space: u32,
}

/// `/customers/{customer}/spaces/{space}/images/{image}`, named by somebody who may work there.
pub(crate) struct ImagePath {
    pub(crate) asset: AssetId,
}

/// `/customers/{customer}/keys/{key}`, named by somebody who may work there.
pub(crate) struct KeyPath {
    pub(crate) customer: u32,
    pub(crate) key: String,
}

/// Whose part of the library is meant: all of the customer's, or the space that the address names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnerPath {
    pub(crate) customer: u32,
    pub(crate) space: Option<u32>,
}

/// `/customers/{customer}/…/{id}`, named by somebody who may work there.
pub(crate) struct ItemPath {
    pub(crate) customer: u32,
    pub(crate) id: String,
}

/// `/…/{id}` of something that belongs to no customer, named by anybody.
pub(crate) struct PlatformPath {
    pub(crate) id: String,
}

/// `/docs/{file}`, named by anybody.
pub(crate) struct DocsPath {
    pub(crate) file: String,
}

/// `/contexts/{file}`, named by anybody.
pub(crate) struct ContextPath {
    pub(crate) file: String,
}

impl FromRequestParts<Management> for SpacePath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Guest { reach } = Guest::from_request_parts(parts, management).await?;
        let space = path_param(parts, "space").await?;
        let number = number(&space).ok_or_else(|| Error::NotFound(format!("space {space}")))?;
        if !reach.covers(number) {
            return Err(permit::outside(&reach, &format!("space {number}")));
        }
        Ok(Self { customer: reach.customer, space: number })
    }
}

impl FromRequestParts<Management> for ImagePath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let path = SpacePath::from_request_parts(parts, management).await?;
        let name = path_param(parts, "image").await?;
        let asset = AssetId::new(path.customer, path.space, name);
        Ok(Self { asset: asset.map_err(|fault| Error::invalid(fault.to_string()))? })
    }
}

impl FromRequestParts<Management> for KeyPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Tenant { customer } = Tenant::from_request_parts(parts, management).await?;
        Ok(Self { customer, key: path_param(parts, "key").await? })
    }
}

impl FromRequestParts<Management> for OwnerPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, &()).await;
        let names_a_space = params.is_ok_and(|all| all.iter().any(|(name, _)| name == "space"));
        if names_a_space {
            let path = SpacePath::from_request_parts(parts, management).await?;
            return Ok(Self { customer: path.customer, space: Some(path.space) });
        }
        let Tenant { customer } = Tenant::from_request_parts(parts, management).await?;
        Ok(Self { customer, space: None })
    }
}

impl FromRequestParts<Management> for ItemPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Tenant { customer } = Tenant::from_request_parts(parts, management).await?;
        Ok(Self { customer, id: path_param(parts, "id").await? })
    }
}

impl FromRequestParts<Management> for PlatformPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Management) -> Result<Self, Error> {
        Ok(Self { id: path_param(parts, "id").await? })
    }
}

impl FromRequestParts<Management> for DocsPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Management) -> Result<Self, Error> {
        Ok(Self { file: path_param(parts, "file").await? })
    }
}

impl FromRequestParts<Management> for ContextPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Management) -> Result<Self, Error> {
        Ok(Self { file: path_param(parts, "file").await? })
    }
}

/// A number as addresses have it: digits alone, not the `+` that Rust would take.
pub(crate) fn number<T: FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// One decoded parameter of the path.
pub(crate) async fn path_param(parts: &mut Parts, name: &str) -> Result<String, Error> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    let params = params.map_err(|_| Error::invalid("The path must be encoded as UTF-8"))?;
    let value = params.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    match value {
        Some(value) if !value.contains('\0') => Ok(value.to_owned()),
        Some(_) => Err(Error::invalid("The path must not contain the character NUL")),
        None => Err(Error::NotFound("such resource".to_owned())),
    }
}
