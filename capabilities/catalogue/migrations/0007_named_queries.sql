-- Templates that turn addresses into questions. A global one answers for every customer that has none of its name.
CREATE TABLE named_query (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    name {text} NOT NULL,
    template {text} NOT NULL,
    global BOOLEAN NOT NULL,
    UNIQUE (customer, name)
);
CREATE INDEX named_query_for_all ON named_query (name, customer) WHERE global;
