"""What people read of a run: one page, one workbook. No figure is computed here, only shown."""
