"""The version of this program: part of every run id."""

VERSION = "0.1.0"
