"""Who owned, prepared and approved what the evidence does not support. Counts and sums; no judgement."""
