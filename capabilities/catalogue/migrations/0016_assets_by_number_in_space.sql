-- What named queries ask of a whole space, in the order that they give where none is said.
CREATE INDEX asset_by_number1_in_space ON asset (customer, space, number1, name);
