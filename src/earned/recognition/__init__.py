"""What was earned: terms of each obligation, admitted evidence, progress, positions (ASC 606, IFRS 15)."""
