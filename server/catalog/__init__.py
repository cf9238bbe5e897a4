"""The exercise library as it is written: one folder of text per exercise, checked and compiled into one catalog.

Refuses to mend: what is wrong is named with its entry and field, and nothing is written until all is right.
"""
