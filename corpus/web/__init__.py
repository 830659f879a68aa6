"""Reports from the web: addresses, robots.txt, downloads, and reports that span several pages."""
