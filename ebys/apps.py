from django.apps import AppConfig


class EbysConfig(AppConfig):
    name = "ebys"
