#!/usr/bin/env python
"""As ``django-admin startproject`` writes it, but never run here."""
import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings.settings")
    raise AssertionError("manage.py is read, not run")


if __name__ == "__main__":
    main()
sys.exit("manage.py is read, not imported")
