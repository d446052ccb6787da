/// Who asks: the roles that the visitor's session holds.
///
/// Not "user": visitors have no account here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visitor {
    roles: Vec<String>,
}

impl Visitor {
    /// Somebody who has not signed in.
    pub(crate) fn stranger() -> Self {
        Self::default()
    }

    /// Any one of the roles is enough.
    pub(crate) fn holds_any(&self, roles: &[String]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }

    /// Nothing less than all of the roles is enough.
    pub(crate) fn holds_all(&self, roles: &[String]) -> bool {
        roles.iter().all(|role| self.roles.contains(role))
    }

    #[cfg(test)]
    pub(crate) fn with_role(role: &str) -> Self {
        Self { roles: vec![role.to_owned()] }
    }
}
