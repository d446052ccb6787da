-- What is sent with images, thumbnails and files: to all of a customer's, or (space 0: in all spaces, no role: with any)
-- to those of one space, those with one role, or both.
CREATE TABLE custom_header (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    space BIGINT NOT NULL,
    role {text},
    name {text} NOT NULL,
    value {text} NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX custom_header_of_customer ON custom_header (customer, space, created, id);
