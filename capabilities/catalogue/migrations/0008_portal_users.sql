-- People who may use the portal for a customer. One e-mail address is one person, of one customer.
CREATE TABLE portal_user (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    email {text} NOT NULL,
    email_folded {text} NOT NULL UNIQUE,
    password_hash {text} NOT NULL,
    enabled BOOLEAN NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX portal_user_of_customer ON portal_user (customer, created, id);
