use axum::http::StatusCode;
use serde::Serialize;

use super::HYDRA_CONTEXT;

/// A failure as the DLCS words it: Hydra's terms, and those of problem+json beside them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HydraError {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    class: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    status: u16,
    status_code: u16,
    detail: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
}

impl HydraError {
    pub(crate) fn new(status: StatusCode, title: String, detail: String) -> Self {
        Self {
            context: HYDRA_CONTEXT,
            class: "Error",
            kind: "about:blank",
            title,
            status: status.as_u16(),
            status_code: status.as_u16(),
            description: detail.clone(),
            detail,
            instance: None,
        }
    }

    /// The same failure, said of what was asked for.
    pub(crate) fn about(self, instance: String) -> Self {
        Self { instance: Some(instance), ..self }
    }
}
