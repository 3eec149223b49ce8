"""Molecules of rdkit from SMILES and SELFIES, and numbers for texts."""
