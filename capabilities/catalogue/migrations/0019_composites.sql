-- Documents of many pages, each of which becomes an asset; those that came with one request are a collection.
CREATE TABLE composite (
    id {text} NOT NULL PRIMARY KEY,
    collection {text} NOT NULL,
    place BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    space BIGINT NOT NULL,
    origin {text} NOT NULL,
    seed BIGINT NOT NULL,
    template {text} NOT NULL,
    status {text} NOT NULL,
    pages BIGINT,
    registered BIGINT NOT NULL,
    batches {text} NOT NULL,
    error {text},
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL
);
CREATE INDEX composite_of_collection ON composite (collection, place);
