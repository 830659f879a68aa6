"""Question sets, runs, measures, significance, reports: it measures the other packages, and none of them imports it."""
