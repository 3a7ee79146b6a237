"""Arrays of numbers of one machine type."""

from _array import array

ArrayType = array
typecodes = "bBuhHiIlLqQfd"
