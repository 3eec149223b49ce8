"""Tensors, training and resizing: what several networks share."""
