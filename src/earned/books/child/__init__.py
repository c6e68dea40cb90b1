"""Workbooks are read by a process of its own, with limits of memory and time.

What reads a workbook may be made to take all memory, to run without end or to crash: then the child
does, and the parent says so. `parent` asks, `__main__` answers from where `shut` has left it nothing but its
file; `archive`, `sheets`, `unusual` and `grid` read.
"""
