"""The maths of models: plain functions on tensors, which know nothing of films."""
