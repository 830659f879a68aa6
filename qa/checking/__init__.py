"""The quotations of a draft checked against the reports, without any model: ``check`` is the door."""
