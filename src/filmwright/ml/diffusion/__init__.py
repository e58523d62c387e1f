"""Diffusion and flows as plain functions on tensors, each named by its equation.

`process` is the family's one idea, `family` and `discrete` its members, `prediction` what networks say and how one
follows from another, `schedules` where to step, `sampling` how, `likelihood` how probable a sample is, `guidance` how
to follow a condition, `noise` what to begin with in a moving scene, `mixture` the data on which all of it is proven.
"""
