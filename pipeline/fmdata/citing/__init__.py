"""Citing what a query of a release gave: so that the same rows can be had again, and that it shows if they cannot.

Source: RDA Working Group on Data Citation, Data Citation of Evolving Data: Recommendations (2015).
"""
