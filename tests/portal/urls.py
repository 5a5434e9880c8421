"""The portal's addresses with the page of components among them, whatever mode the tests run in."""

from config.urls import handler404, handler500
from config.urls import urlpatterns as portal
from processes.urls import developer

__all__ = ["handler404", "handler500", "urlpatterns"]
urlpatterns = [*portal, *developer.urlpatterns]
