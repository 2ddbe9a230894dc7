"""What can be asked, and the subjects that answer."""
