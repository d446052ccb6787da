-- When each was last changed, for those who change it only if nobody did since they read it.
ALTER TABLE storage_policy ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
ALTER TABLE default_delivery_channel ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer_origin_strategy ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
ALTER TABLE custom_header ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
ALTER TABLE named_query ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
ALTER TABLE portal_user ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
