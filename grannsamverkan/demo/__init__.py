"""A made-up Höör with neighbours, contact persons and police, for trying everything without reaching anybody."""
