/// Why an inspection can't go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the catalogue can't be read")]
    Catalogue(#[from] catalogue::Error),
    #[error("the storage can't be read")]
    Storage(#[from] storage::Error),
}
