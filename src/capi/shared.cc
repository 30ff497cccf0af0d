// Nothing: a shared library needs a source, and all of its code is in the room's archive.
