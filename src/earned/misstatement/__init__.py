"""What the difference between booked and earned does to each period (SAB 99, SAB 108; ASC 250)."""
