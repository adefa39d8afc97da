"""One writer a format: what `dist/latest/` holds."""
