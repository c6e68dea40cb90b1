"""`python -m earned` is `earned`."""

from earned.cli import main

main()
