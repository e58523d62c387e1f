"""Cut, titled, scored, encoded."""
