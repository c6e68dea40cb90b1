"""Workbooks are read by a process of its own, with limits of memory and time.

What reads a workbook may be made to take all memory, to run without end or to crash: then the child
does, and the parent says so. `parent` asks, `__main__` answers; `archive`, `sheets` and `grid` read.
"""
