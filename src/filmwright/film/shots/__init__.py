"""What the camera and the light do."""
