"""Wiring. The Celery application is loaded with Django, so that `shared_task` finds its broker in every process."""

from config.celery import app as celery_app

__all__ = ("celery_app",)
