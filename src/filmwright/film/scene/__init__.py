"""What there is to film."""
