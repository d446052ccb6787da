-- Labels change with their assets, each found by its whole key: nothing has to be looked up for them, or beside them.

CREATE TABLE label (
    customer BIGINT NOT NULL,
    kind {text} NOT NULL,
    value {text} NOT NULL,
    space BIGINT NOT NULL,
    name {text} NOT NULL,
    PRIMARY KEY (customer, kind, value, space, name)
);
INSERT INTO label (customer, kind, value, space, name)
    SELECT customer, kind, value, space, name FROM asset_label;
DROP TABLE asset_label;
ALTER TABLE label RENAME TO asset_label;
