"""What the words of a brief mean, in English and Korean."""
