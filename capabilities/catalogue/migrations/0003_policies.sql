-- Few combinations of channels and policies are in use at a time: by this index they are found one after another.
CREATE INDEX asset_by_channels ON asset (customer, channels);
