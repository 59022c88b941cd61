"""What Salt loads as execution modules."""
