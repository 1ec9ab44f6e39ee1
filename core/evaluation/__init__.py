"""Protocols and reports: is what we build as good as we say?"""
