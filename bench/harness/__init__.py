"""Measures a whole limpet server; scripts/bench starts it."""
