"""Which sub-processes have moved in: their apps, in the order of the official numbers."""

ROOMS = ("security_docs", "incidents", "esignature", "helpdesk", "webapps")
