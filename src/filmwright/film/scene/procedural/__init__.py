"""Products made by code: profiles, sections, lofts, lettering, relief, paint, and the designs put together from them.

Every part is built in millimetres, front towards -Y, and brought to metres once, by `parts.assemble`.
"""
