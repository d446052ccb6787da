-- How much one space may keep, within what its customer may; the row of the customer itself (space 0) has none here.
ALTER TABLE storage_use ADD COLUMN policy {text} REFERENCES storage_policy (id);
CREATE INDEX storage_use_by_policy ON storage_use (policy) WHERE policy IS NOT NULL;
CREATE INDEX customer_by_storage_policy ON customer (storage_policy);
