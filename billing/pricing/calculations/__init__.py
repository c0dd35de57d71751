"""One JSON document in, lines and the next state out: what `gongzao billing calculate` does, as a library."""
