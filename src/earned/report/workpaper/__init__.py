"""workpaper.xlsx: an Excel file that an auditor signs."""
