"""What Salt loads as state modules."""
