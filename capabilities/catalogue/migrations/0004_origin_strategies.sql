-- How the origins that match a regex are fetched. Credentials are sealed, by a key that is not in the database.
CREATE TABLE customer_origin_strategy (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    regex {text} NOT NULL,
    strategy {text} NOT NULL REFERENCES origin_strategy (id),
    credentials {text},
    optimised BOOLEAN NOT NULL,
    rank BIGINT NOT NULL,
    UNIQUE (customer, regex)
);
